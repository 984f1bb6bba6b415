package recognise

import (
	"testing"
	"time"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
)

// A line's own clock counts unless it is absent or absurd; what it said is kept.
func TestObservationTime(t *testing.T) {
	now := time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ header, at, said time.Time }{
		"close":       {now.Add(-time.Minute), now.Add(-time.Minute), time.Time{}},
		"a day":       {now.Add(24 * time.Hour), now.Add(24 * time.Hour), time.Time{}},
		"two days":    {now.Add(48 * time.Hour), now, now.Add(48 * time.Hour)},
		"1970":        {time.Unix(0, 0), now, time.Unix(0, 0)},
		"none at all": {time.Time{}, now, time.Time{}},
	} {
		f := Observation(syslog.Message{Time: c.header}, parse.Event{}, now)
		if !f.At.Equal(c.at) || !f.Said.Equal(c.said) {
			t.Errorf("%s: at %v, said %v; want %v, %v", name, f.At, f.Said, c.at, c.said)
		}
	}
}
