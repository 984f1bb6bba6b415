package alert

import (
	"context"
	"strings"
	"time"
)

// MaxQuiet is how many sources may be silent at once; further ones are counted.
const MaxQuiet = 1000

// Quiet records that nothing at all has come from a source since a time, or that it is
// heard again: who hears nothing cannot tell of outages either. The error is ctx's, or
// ErrStopped.
func (l *Loop) Quiet(ctx context.Context, source string, since time.Time, heard bool) error {
	l.open()
	return l.put(ctx, Fact{Kind: Operator, At: since, Quiet: source, Heard: heard})
}

// Lost records that the kernel has dropped so many lines at a listener since a time, or
// that it drops no more: what was among them nobody knows. The error is ctx's, or
// ErrStopped.
func (l *Loop) Lost(ctx context.Context, listener string, lines int, since time.Time, over bool) error {
	l.open()
	return l.put(ctx, Fact{Kind: Operator, At: since, Quiet: listener, Lost: lines, Heard: over})
}

// Blind returns the sources that are silent, sorted.
func (s *State) Blind() []string { return s.deafTo(silentSource) }

// Losing returns the listeners where the kernel drops lines, sorted.
func (s *State) Losing() []string { return s.deafTo(lossyListener) }

func (s *State) deafTo(sort string) []string {
	var names []string
	for _, key := range sortedKeys(s.Deaf) {
		if name, ok := strings.CutPrefix(key, sort); ok {
			names = append(names, name)
		}
	}
	return names
}

// What the keys of such incidents begin with; HAProxy's names have no blanks.
const (
	silentSource  = "source "
	lossyListener = "listener "
)

// listen opens and closes the incident of a source that is silent, or of a listener that
// loses lines. It is about no server; its name stands where a proxy's does, and among the
// observers.
func (s *State) listen(f Fact) {
	key, reason, observers := silentSource+f.Quiet, "nothing heard of it", []string{f.Quiet}
	if f.Lost != 0 {
		observers = []string{}
		key, reason = lossyListener+f.Quiet, dropped(f.Lost)
	}
	i := s.Incidents[s.Deaf[key]]
	switch {
	case i == nil && f.Heard:
	case i == nil && len(s.Deaf) >= MaxQuiet:
		s.overflow("silent sources")
	case i == nil:
		i = &incident{Incident: Incident{
			ID: incidentID(key, f), Key: key, Proxy: f.Quiet, Opened: f.At, Severity: Alert,
			Observers: observers, Reason: reason,
		}, Lost: f.Lost}
		s.Incidents[i.ID] = i
		s.Deaf[key] = i.ID
		s.arm(i, blind, f.At, f.Time, f.Time)
	case f.Heard:
		delete(s.Deaf, key)
		if i.lossy() && f.Lost > i.Lost { // fewer: we began to count anew at a restart
			i.Lost, i.Reason = f.Lost, reason
		}
		i.Closed, i.EndCause = later(f.Time, i.Opened), up.word()
		s.disarmStep(i.ID, reminder)
		if i.Told || s.beginning(i.ID) != nil {
			s.armEnding(i, f)
		}
		s.ended = append(s.ended, i.Incident)
		s.tidy(i)
	}
}

func dropped(lines int) string { return plural(lines, "line", "lines") + " dropped by the kernel" }

// deaf reports whether the incident is that of a silent source, or of a lossy listener.
func (i *incident) deaf() bool { return i.Key == silentSource+i.Proxy || i.lossy() }

func (i *incident) lossy() bool { return i.Key == lossyListener+i.Proxy }
