package recognise

import (
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
)

// ClockSlack is how far a line's own time may be from ours before it is taken for
// a wrong clock, and ours is used.
const ClockSlack = 24 * time.Hour

// Observation makes the fact of a health line. Its time is the header's, unless
// that is absent or absurd beside now.
func Observation(m syslog.Message, ev parse.Event, now time.Time) alert.Fact {
	f := alert.Fact{
		Kind: alert.Observed, At: m.Time, Event: ev, Text: m.Text,
		Source: alert.Source{
			Host: m.Host, Tag: m.Tag, PID: m.PID,
			Facility: m.Facility, Severity: m.Severity, Copy: m.Copy,
		},
	}
	if m.Moved != 0 {
		f.Said = m.Time.Add(-m.Moved)
	}
	if m.Time.IsZero() || m.Time.Sub(now).Abs() > ClockSlack {
		f.At, f.Said = now.Round(0), m.Time
	}
	return f
}

// Fresh is how old a line can be that comes as it is written.
const Fresh = time.Minute
