package syslog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog/logfile"
)

// TestSeekOfALongLog: the years of lines that tell none are known all over a log, and how far
// its lines lie out of order is said.
func TestSeekOfALongLog(t *testing.T) {
	begin, end := time.Date(2024, time.March, 1, 1, 0, 0, 0, time.UTC), time.Date(2026, time.November, 20, 1, 0, 0, 0, time.UTC)
	for _, behind := range []time.Duration{0, 5*time.Hour + 30*time.Minute} {
		var text strings.Builder
		for at := begin; at.Before(end); at = at.Add(3 * time.Hour) {
			for range 5 {
				fmt.Fprintf(&text, "%s lb1 haproxy[1]: %s\n", at.Format(time.Stamp), strings.Repeat("x", 200))
			}
			fmt.Fprintf(&text, "%s lb2 haproxy[1]: x\n", at.Add(-behind).Format(time.Stamp))
		}
		name := filepath.Join(t.TempDir(), "haproxy.log")
		if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, days := range []int{2, 100, 300, 500, 980} {
			log, err := logfile.Open(name, nil)
			if err != nil {
				t.Fatal(err)
			}
			timeline := Timeline{Location: time.UTC, Year: 2024}
			if last := log.Last(timeline.Later); end.Sub(last) > 3*time.Hour+behind || last.After(end) {
				t.Errorf("the last line is of %v", last)
			}
			from := end.AddDate(0, 0, -days)
			if err := log.Seek(timeline.Later, from, from.AddDate(0, 0, 1)); err != nil {
				t.Fatal(err)
			}
			w := log.Window()
			if w.Disorder != behind || w.Begins.After(from) || from.Sub(w.Begins) > 8*24*time.Hour {
				t.Errorf("a window from %v begins at %v, lines up to %v out of order, want %v", from, w.Begins, w.Disorder, behind)
			}
			timeline.Resume(w.Begins)
			lines := 0
			scanner := log.Scan(t.Context(), func() func([]byte) bool { return func([]byte) bool { return true } })
			for line, err := range scanner.Lines() {
				if err != nil {
					t.Fatal(err)
				}
				if at := timeline.Parse(line.Frame).Time; !line.Last && !at.Before(from) && at.Before(from.AddDate(0, 0, 1)) {
					lines++
				}
			}
			scanner.Close()
			if err := log.Close(); err != nil {
				t.Fatal(err)
			}
			if lines != 8*6 {
				t.Errorf("%d days before the end: %d lines of a day, want %d", days, lines, 8*6)
			}
		}
	}
}
