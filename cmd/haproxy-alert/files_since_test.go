package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// longLog writes a log without years in which a line about health comes every eight hours,
// with traffic between, and another host's beside each whose clock is behind by so much. It
// returns the times its lines say.
func longLog(t *testing.T, begin, end time.Time, behind time.Duration) (name string, said []time.Time) {
	t.Helper()
	var log strings.Builder
	line := func(host string, at time.Time, text string) {
		fmt.Fprintf(&log, "%s %s haproxy[1]: %s\n", at.Format(time.Stamp), host, text)
	}
	for at := begin; at.Before(end); at = at.Add(8 * time.Hour) {
		line("lb1", at, fmt.Sprintf("Server be/s%d is DOWN.", len(said)))
		said = append(said, at)
		if behind > 0 {
			line("lb2", at.Add(-behind), fmt.Sprintf("Server be/s%d is DOWN.", len(said)))
			said = append(said, at.Add(-behind))
		}
		for range 20 {
			line("lb1", at, `10.0.0.1:4711 [21/Nov/2026:07:37:38.152] fe be/s1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 "GET /a/rather/long/path HTTP/1.1"`)
		}
	}
	name = filepath.Join(t.TempDir(), "haproxy.log")
	if err := os.WriteFile(name, []byte(log.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, end, end); err != nil {
		t.Fatal(err)
	}
	return name, said
}

// TestSinceOfALongLog: a stretch of a log that goes on for more than nine months, without a
// year in its times, has all of its lines and no other (issue 12); and so has one of a central
// log, into which hosts of several zones write.
func TestSinceOfALongLog(t *testing.T) {
	if testing.Short() {
		t.Skip("reads some forty stretches of logs")
	}
	day := func(year int, m time.Month, d int) time.Time { return time.Date(year, m, d, 1, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name       string
		begin, end time.Time
		behind     time.Duration
		flags      []string
	}{
		{"ten months", day(2026, time.January, 5), day(2026, time.November, 20), 0, nil},
		{"eleven months, over New Year", day(2025, time.May, 5), day(2026, time.April, 1), 0, []string{"--year", "2025"}},
		{"27 months", day(2024, time.July, 1), day(2026, time.October, 1), 0, []string{"--year", "2024"}},
		{"two zones", day(2026, time.October, 5), day(2026, time.November, 20), 5 * time.Hour, nil},
		{"two zones, ten months", day(2026, time.January, 5), day(2026, time.November, 20), 10 * time.Hour, nil},
	} {
		name, said := longLog(t, c.begin, c.end, c.behind)
		last := said[len(said)-1].Add(c.behind)
		for _, since := range []time.Duration{48 * time.Hour, 30 * 24 * time.Hour, 161 * 24 * time.Hour, c.end.Sub(c.begin) - 72*time.Hour} {
			from, want := last.Add(-since), 0
			for _, at := range said {
				if !at.Before(from) {
					want++
				}
			}
			for _, value := range []string{fmt.Sprintf("%dh", int(since.Hours())), from.Format("2006-01-02 15:04")} {
				if c.behind > 0 && strings.HasSuffix(value, "h") {
					continue // the last line is the other host's
				}
				s := summaryOf(t, replayed(t, nil, append([]string{"--since", value}, append(c.flags, name)...)...))
				if s.Events != want {
					t.Errorf("%s: --since %s has %d events, want %d", c.name, value, s.Events, want)
				}
				if info, err := os.Stat(name); err != nil || since == 48*time.Hour && s.Bytes > info.Size()/4 {
					t.Errorf("%s: %d bytes were read for two days of %v (%v)", c.name, s.Bytes, c.end.Sub(c.begin), err)
				}
			}
		}
	}
}
