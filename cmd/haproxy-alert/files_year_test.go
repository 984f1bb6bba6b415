package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeLogs writes logs of one day each, in which a server is down for an hour, and
// names them as logrotate does: the last day is 0.
func writeLogs(t *testing.T, days ...string) (newestFirst []string) {
	t.Helper()
	dir := t.TempDir()
	for i, day := range days {
		log := fmt.Sprintf("%s 07:00:00 lb1 haproxy[1]: Server be/s%d is DOWN.\n%s 08:00:00 lb1 haproxy[1]: Server be/s%d is UP.\n", day, i, day, i)
		name := filepath.Join(dir, fmt.Sprintf("haproxy.log.%d", len(days)-1-i))
		if err := os.WriteFile(name, []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
		newestFirst = append([]string{name}, newestFirst...)
	}
	return newestFirst
}

// TestYearOfARotatedSet: --year is that of the set's first line, and the set goes on
// over New Year, in whatever order it is named.
func TestYearOfARotatedSet(t *testing.T) {
	for _, set := range []struct {
		days  []string
		flags []string
		first string
		last  string
		lines int64
	}{
		{[]string{"Dec 30", "Dec 31", "Jan  1", "Jan  2"}, nil, "2019-12-30", "2020-01-02", 8},
		{[]string{"Dec 31", "Jan  1"}, nil, "2019-12-31", "2020-01-01", 4},
		{[]string{"Jan  1", "Jun 15", "Dec  1"}, nil, "2019-01-01", "2019-12-01", 6},
		{[]string{"Nov 30", "Dec 31", "Jan  1"}, []string{"--since", "2020-01-01"}, "2020-01-01", "2020-01-01", 2},
		{[]string{"Dec 31", "Jan  1"}, []string{"--since", "25h"}, "2019-12-31", "2020-01-01", 4},
	} {
		names := writeLogs(t, set.days...)
		for _, order := range [][]string{names, {names[1], names[0]}} {
			if len(order) != len(names) {
				order = append(order, names[2:]...)
			}
			var out bytes.Buffer
			args := append(append([]string{"replay", "--json", "--tz", "UTC", "--year", "2019"}, set.flags...), order...)
			if err := run(t.Context(), args, nil, &out, io.Discard); err != nil {
				t.Fatal(err)
			}
			s := summaryOf(t, out.String())
			if first, last := s.First.Format(time.DateOnly), s.Last.Format(time.DateOnly); first != set.first || last != set.last || s.Incidents != int(set.lines)/2 {
				t.Errorf("%q %v: %d incidents from %s to %s, want %s to %s", set.days, set.flags, s.Incidents, first, last, set.first, set.last)
			}
		}
	}
}

// TestReplayCounts: one is one, and a line that is nearly one is told of.
func TestReplayCounts(t *testing.T) {
	log := "Nov 21 07:38:00 lb1 haproxy[1]: Server be/s1 is DOWN.\n"
	for input, want := range map[string]string{
		log: "\n1 line, 1 health event, 1 incident (1 still open), 1 notice\n",
		log + "Nov 21 07:38:00 lb1 haproxy[1]: Server be/s1 is DOWN for lunch.\n": "\n2 lines, 1 health event, 1 incident (1 still open), 1 notice; 1 line like health lines but not recognised, explain shows how\n",
	} {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"replay", "--tz", "UTC", "-"}, strings.NewReader(input), &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.String(), want) {
			t.Errorf("%q, want it to end with %q", out.String(), want)
		}
	}
}
