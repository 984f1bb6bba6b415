package syslog

import (
	"fmt"
	"testing"
	"time"

	"haproxy-alert/syslog/timestamp"

	_ "time/tzdata"
)

func place(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestYear: the year is the one that brings the line nearest to Near.
func TestYear(t *testing.T) {
	for _, c := range []struct{ near, line, want string }{
		{"2026-11-21T08:00:00Z", "Nov 21 07:38:02", "2026-11-21T07:38:02Z"},
		{"2027-01-01T00:00:01Z", "Dec 31 23:59:59", "2026-12-31T23:59:59Z"},
		{"2026-12-31T23:59:59Z", "Jan  1 00:00:00", "2027-01-01T00:00:00Z"},
		{"2026-07-01T00:00:00Z", "Jan  1 00:00:00", "2026-01-01T00:00:00Z"},
		{"2024-02-28T23:59:59Z", "Feb 29 00:00:00", "2024-02-29T00:00:00Z"},
		{"2025-03-01T00:00:00Z", "Feb 29 12:00:00", "2024-02-29T12:00:00Z"},
		{"2027-03-01T00:00:00Z", "Feb 29 12:00:00", "2028-02-29T12:00:00Z"},
		{"2100-03-01T00:00:00Z", "Feb 29 12:00:00", "2096-02-29T12:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.near)
		if err != nil {
			t.Fatal(err)
		}
		m := Parse([]byte(c.line+" lb1 haproxy[1]: x"), timestamp.Clock{Near: at, Location: time.UTC})
		if got := m.Time.Format(time.RFC3339); got != c.want || m.Zoned {
			t.Errorf("near %s, %q is %s (zoned %v), want %s", c.near, c.line, got, m.Zoned, c.want)
		}
	}
	if m := Parse([]byte("Nov 21 07:38:02 lb1 haproxy[1]: x"), timestamp.Clock{}); !m.Time.IsZero() {
		t.Errorf("without Near the year is unknown, got %v", m.Time)
	}
}

// TestLocation: a time without a zone was written in Location; one with keeps it.
func TestLocation(t *testing.T) {
	c := timestamp.Clock{Near: near.Near, Location: place(t, "Asia/Kolkata")}
	for line, want := range map[string]string{
		"<129>Nov 21 07:38:02 haproxy[1]: x":                         "2026-11-21T02:08:02Z",
		"<129>1 2026-11-21T07:38:02-00:00 localhost haproxy 1 - - x": "2026-11-21T02:08:02Z",
		"<129>1 2026-11-21T07:38:02Z localhost haproxy 1 - - x":      "2026-11-21T07:38:02Z",
		"2026-11-21T07:38:02-05:00 x":                                "2026-11-21T12:38:02Z",
	} {
		if got := Parse([]byte(line), c).Time.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%q is %s, want %s", line, got, want)
		}
	}
}

// TestLiveZones: a line that just came in and says no zone, but a time that only another zone
// has now, is of now.
func TestLiveZones(t *testing.T) {
	now := time.Date(2026, time.November, 21, 8, 0, 10, 0, time.UTC)
	for line, want := range map[string]time.Duration{
		"Nov 21 08:00:05 lb1 haproxy[1]: x":     0,
		"Nov 21 03:00:09 lb1 haproxy[1]: x":     5 * time.Hour,
		"Nov 21 13:00:10 lb1 haproxy[1]: x":     -5 * time.Hour,
		"Nov 21 13:45:00.5 lb1 haproxy[1]: x":   -5*time.Hour - 45*time.Minute,
		"Nov 20 18:00:00 lb1 haproxy[1]: x":     14 * time.Hour,
		"2026-11-21T09:00:10 lb1 haproxy[1]: x": -time.Hour,
		"Nov 21 07:53:10 lb1 haproxy[1]: x":     0, // seven minutes late
		"Nov 21 03:03:00 lb1 haproxy[1]: x":     0, // or five hours
		"Nov 20 05:00:10 lb1 haproxy[1]: x":     0, // no two zones are so far apart
		"2026-11-21T03:00:10+00:00 x":           0, // it says its zone
		nano21 + " stdout F x":                  0,
	} {
		c := timestamp.Clock{Near: now, Location: time.UTC, Live: true}
		live := Parse([]byte(line), c)
		c.Live = false
		said := Parse([]byte(line), c)
		if live.Moved != want || said.Moved != 0 || !live.Time.Equal(said.Time.Add(want)) {
			t.Errorf("%q is moved by %v to %v (a log's by %v), want %v", line, live.Moved, live.Time, said.Moved, want)
		}
	}
}

const nano21 = "2026-11-21T03:00:10.217407123Z"

// TestTimelineTwiceShownHour reads a log with a line every ten minutes through
// the night the clocks are put back: each line must be ten minutes later.
func TestTimelineTwiceShownHour(t *testing.T) {
	for name, from := range map[string]string{
		"Europe/Berlin":       "2026-10-24T20:00:00Z",
		"America/New_York":    "2026-11-01T02:00:00Z",
		"Australia/Lord_Howe": "2026-04-04T10:00:00Z",
	} {
		begin, err := time.Parse(time.RFC3339, from)
		if err != nil {
			t.Fatal(err)
		}
		there := place(t, name)
		line := Timeline{Location: there, Written: begin.Add(24 * time.Hour)}
		for i := range 60 {
			at := begin.Add(time.Duration(i) * 10 * time.Minute)
			m := line.Parse([]byte(at.In(there).Format(time.Stamp) + " lb1 haproxy[1]: x"))
			if !m.Time.Equal(at) {
				t.Errorf("%s: line %d is %v, want %v", name, i, m.Time.UTC(), at)
			}
		}
	}
}

// TestTimeline: the times of a log go on from line to line, and end before the
// day after it was written.
func TestTimeline(t *testing.T) {
	for _, c := range []struct {
		name, written string
		year          int
		lines, want   []string
	}{
		{"over New Year", "2027-01-05T00:00:00Z", 0, []string{"Nov 30", "Dec 31", "Jan  1", "Jan  4"}, []string{"2026-11-30", "2026-12-31", "2027-01-01", "2027-01-04"}},
		{"nearly a year", "2026-12-01T00:00:00Z", 0, []string{"Jan  2", "May  1", "Sep  1", "Nov 30"}, []string{"2026-01-02", "2026-05-01", "2026-09-01", "2026-11-30"}},
		{"just before it was written", "2026-11-21T00:00:00Z", 0, []string{"Nov 21"}, []string{"2026-11-21"}},
		{"silent for eight months", "2026-12-01T00:00:00Z", 0, []string{"Mar  1", "Nov  1"}, []string{"2026-03-01", "2026-11-01"}},
		{"two logs strung together", "2026-12-01T00:00:00Z", 0, []string{"Nov 30", "Oct  1", "Nov  5"}, []string{"2026-11-30", "2026-10-01", "2026-11-05"}},
		{"never after it was written", "2026-12-01T00:00:00Z", 0, []string{"Nov 30", "Dec 20"}, []string{"2026-11-30", "2025-12-20"}},
		{"named year", "2026-12-01T00:00:00Z", 2024, []string{"Jan  1", "Feb 29", "Aug 31", "Dec 31", "Jan  1"}, []string{"2024-01-01", "2024-02-29", "2024-08-31", "2024-12-31", "2025-01-01"}},
		{"named year, from its end", "2026-12-01T00:00:00Z", 2023, []string{"Dec 31", "Jan  1"}, []string{"2023-12-31", "2024-01-01"}},
		{"nothing known", "", 0, []string{"Dec 31"}, []string{"0001-01-01"}},
	} {
		line := Timeline{Location: time.UTC, Year: c.year}
		if c.written != "" {
			at, err := time.Parse(time.RFC3339, c.written)
			if err != nil {
				t.Fatal(err)
			}
			line.Written = at
		}
		for i, day := range c.lines {
			m := line.Parse(fmt.Appendf(nil, "%s 00:00:00 lb1 haproxy[1]: x", day))
			if got := m.Time.Format(time.DateOnly); got != c.want[i] {
				t.Errorf("%s: line %d, %q, is %s, want %s", c.name, i, day, got, c.want[i])
			}
		}
	}
}
