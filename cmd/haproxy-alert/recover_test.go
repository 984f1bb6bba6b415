package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
)

// A checkpoint of a version that is not known stops the start, and stays as it is; one
// that says nothing is set aside, and the facts are read.
func TestCheckpointOfAnotherVersion(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	for name, tt := range map[string]struct {
		content string
		version bool
	}{
		"newer":   {`{"Version":5,"Now":"2027-01-01T00:00:00Z"}`, true},
		"older":   {`{"Version":2}`, true},
		"no JSON": {`{"Version":4,"Now":17}`, false},
		"nothing": {`zeroed`, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "journal")
			j, _ := openJournal(t, dir)
			facts := []alert.Fact{{Kind: alert.Operator}, {Kind: alert.Operator}}
			if err := j.Append(t.Context(), facts); err != nil {
				t.Fatal(err)
			}
			err := j.Checkpoint(2, func(w io.Writer) error {
				_, err := io.WriteString(w, tt.content)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			closeJournal(t, j)

			j, recovered := openJournal(t, dir)
			before, err := os.ReadFile(recovered.Checkpoint)
			if err != nil {
				t.Fatal(err)
			}
			state, err := recoverState(dir, alert.Policy{}, nil, recovered, log)
			closeJournal(t, j)
			if !tt.version {
				if err != nil || state.Seq != 2 {
					t.Fatalf("%v; the state is after fact %d, want 2", err, state.Seq)
				}
				aside, err := filepath.Glob(filepath.Join(dir, "*.damaged"))
				if err != nil || len(aside) != 1 {
					t.Errorf("set aside: %v, %v", aside, err)
				}
				return
			}
			if !errors.Is(err, engine.ErrVersion) || !strings.Contains(err.Error(), recovered.Checkpoint+": ") || !strings.Contains(err.Error(), "move the file away") {
				t.Errorf("recovered with %v", err)
			}
			after, err := os.ReadFile(recovered.Checkpoint)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the checkpoint is not as it was: %v", err)
			}
		})
	}
}

func openJournal(t *testing.T, dir string) (*journal.Journal, journal.Recovery) {
	t.Helper()
	j, recovered, err := journal.Open(journal.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for range j.Committed() { // as the loop does
		}
	}()
	return j, recovered
}

func closeJournal(t *testing.T, j *journal.Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
