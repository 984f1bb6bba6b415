package alert

import (
	"context"
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

// Blind returns the sources that are silent, sorted.
func (s *State) Blind() []string { return sortedKeys(s.Deaf) }

// listen opens and closes the incident of a source that is silent. It is about no
// server; its name stands where a proxy's does, and among the observers.
func (s *State) listen(f Fact) {
	key := "source " + f.Quiet
	i := s.Incidents[s.Deaf[f.Quiet]]
	switch {
	case i == nil && f.Heard:
	case i == nil && len(s.Deaf) >= MaxQuiet:
		s.overflow("silent sources")
	case i == nil:
		i = &incident{Incident: Incident{
			ID: incidentID(key, f), Key: key, Proxy: f.Quiet, Opened: f.At, Severity: Alert,
			Observers: []string{f.Quiet}, Reason: "nothing heard of it",
		}}
		s.Incidents[i.ID] = i
		s.Deaf[f.Quiet] = i.ID
		s.arm(i, blind, f.At, f.Time, f.Time)
	case f.Heard:
		delete(s.Deaf, f.Quiet)
		i.Closed, i.EndCause = later(f.Time, i.Opened), up.word()
		s.disarmStep(i.ID, reminder)
		if i.Told || s.beginning(i.ID) != nil {
			s.armEnding(i, f)
		}
		s.ended = append(s.ended, i.Incident)
		s.tidy(i)
	}
}

// deaf reports whether the incident is that of a silent source.
func (i *incident) deaf() bool { return i.Key == "source "+i.Proxy }
