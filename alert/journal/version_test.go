package journal

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"haproxy-alert/alert"
)

// TestOtherVersion: a segment or checkpoint in the layout of another version stops the
// start and stays as it is; one of ours with a damaged digit is damage as any other.
func TestOtherVersion(t *testing.T) {
	make := func(t *testing.T, facts int) (dir, segment string) {
		t.Helper()
		dir = filepath.Join(t.TempDir(), "journal")
		j, _, err := Open(Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for range j.Committed() { // as the loop does
			}
		}()
		for range facts {
			if err := j.Append(t.Context(), []alert.Fact{{Kind: alert.Operator}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		return dir, segmentPath(dir, 1, 0)
	}
	for name, tt := range map[string]struct {
		facts int
		edit  func([]byte) []byte
		other bool
	}{
		"all records of version 2": {3, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(factMagic), []byte("\xffHA2")) }, true},
		"another layout":           {1, func(b []byte) []byte { return append([]byte("\xffHA2"), b[10:]...) }, true},
		"one damaged digit":        {3, func(b []byte) []byte { b[3] = '2'; return b }, false},
		"the only record's digit":  {1, func(b []byte) []byte { b[3] = '2'; return b }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, file := make(t, tt.facts)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			edited := tt.edit(b)
			if err := os.WriteFile(file, edited, 0o600); err != nil {
				t.Fatal(err)
			}
			j, recovered, err := Open(Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
			if err == nil {
				defer j.Close()
			}
			if errors.Is(err, ErrVersion) != tt.other || !tt.other && (err != nil || len(recovered.Damage) == 0) {
				t.Errorf("opened with %v, damage %v", err, recovered.Damage)
			}
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, edited) {
				t.Errorf("the segment is not as it was: %v", err)
			}
		})
	}
}
