package logs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haproxy-alert/testdata/mix"
)

// writeOneMix writes a log of 1 MiB.
func writeOneMix(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := (mix.Load{Bytes: 1 << 20, Clothing: "traditional"}).Write(f); err != nil {
		t.Fatal(err)
	}
}

// TestProgressLine: the line says how far it is, and makes way for what is printed.
func TestProgressLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "haproxy.log")
	writeOneMix(t, name)
	var screen bytes.Buffer
	begun := time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)
	p := &progress{w: &screen, total: sizeOf([]string{name}) * 4, begun: begun}
	logs := &LogReader{Each: func(LogLine) error { return nil }, Show: p}
	opts := LogOptions{Zone: "UTC"}
	if err := opts.Read(t.Context(), []string{name}, nil, logs); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("25 %% of 4.19 MB: 1.05 MB read, 524 kB/s, %d health lines, 6s left", p.events.Load())
	if got := p.line(begun.Add(2 * time.Second)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if p.total = sizeOf([]string{name, "-"}); !strings.HasPrefix(p.line(begun.Add(time.Second)), "1.05 MB read, ") {
		t.Errorf("of unknown size: %q", p.line(begun.Add(time.Second)))
	}
	screen.Reset()
	fmt.Fprint(p.Over(&screen), "x")
	if screen.String() != eraseLine+"x" {
		t.Errorf("%q", screen.String())
	}
	if NewProgress(&screen, nil) != nil {
		t.Error("progress without a terminal")
	}
}
