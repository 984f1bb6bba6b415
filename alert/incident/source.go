package incident

import (
	"maps"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
)

// Source takes that a source is silent, a listener loses lines, a log file has gaps, or
// that the fact has Heard that it does so no more.
func (t *Tracker) Source(f alert.Fact) {
	d := sourceTroubleOf(f)
	r := t.Records[t.Troubles[d.key]]
	switch {
	case r == nil && f.Heard:
	case r == nil && t.troubles(true) >= MaxSilent:
		t.overflow.Add("silent sources")
	case r == nil:
		r = t.openTrouble(d.class, f, alert.Incident{Key: d.key, Proxy: f.Quiet, Observers: d.observers, Reason: d.reason})
		r.Lost = d.count
		t.step(Opened, r, f)
	case f.Heard:
		delete(t.Troubles, d.key)
		if d.count > r.Lost { // fewer: we began to count anew at a restart
			r.Lost, r.Reason = d.count, d.reason
		}
		r.Closed, r.EndCause = alert.Later(f.Time, r.Opened), health.Up.String()
		waits := t.step(Closed, r, f)
		t.ended = append(t.ended, r.Incident)
		if !waits {
			t.Drop(r.ID)
		}
	}
}

// Sources returns the names of the sources, listeners or log files that are in trouble of
// a class, sorted.
func (t *Tracker) Sources(c Class) []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(t.Troubles)) {
		if name, ok := strings.CutPrefix(key, classes[c].key); ok {
			names = append(names, name)
		}
	}
	return names
}

// sourceTrouble is what a fact says of a source, a listener or a log file.
type sourceTrouble struct {
	class       Class
	key, reason string
	observers   []string
	count       int // of lines, or of gaps
}

func sourceTroubleOf(f alert.Fact) sourceTrouble {
	d := sourceTrouble{class: Silent, reason: "nothing heard of it", observers: []string{f.Quiet}}
	switch {
	case f.Miss.Times > 0:
		d = sourceTrouble{class: Gappy, reason: missed(f.Miss, f.At, f.Quiet), observers: []string{}, count: f.Miss.Times}
	case f.Lost != 0:
		d = sourceTrouble{
			class: Lossy, reason: alert.Plural(f.Lost, "line", "lines") + " dropped by the kernel",
			observers: []string{}, count: f.Lost,
		}
	}
	d.key = classes[d.class].key + f.Quiet
	return d
}

// missed tells what was missed of a log, as it was noticed at a time.
func missed(m alert.Miss, noticed time.Time, log string) string {
	lines, much := "lines", "unknown how much"
	if !m.Since.IsZero() {
		lines += " of the last " + alert.Duration(max(noticed.Sub(m.Since), time.Second))
	}
	if m.Bytes > 0 {
		much = alert.Plural(int(m.Bytes), "byte", "bytes") + " at least"
	}
	cause := m.Cause
	if m.File != log && m.File != "" {
		cause += " (" + m.File + ")"
	}
	if m.Times > 1 {
		return lines + " may be missing in " + alert.Plural(m.Times, "place", "places") + ", " + much + ", at first: " + cause
	}
	return lines + " may be missing, " + much + ": " + cause
}
