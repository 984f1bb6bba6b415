package was

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
	gappyFile     = "file "
)

// deafness is what a fact says of a source, a listener or a log file.
type deafness struct {
	key, reason string
	observers   []string
	count       int // of lines, or of gaps
}

func (f Fact) deafness() deafness {
	switch {
	case f.Miss.Times > 0:
		return deafness{gappyFile + f.Quiet, f.Miss.words(f.At, f.Quiet), []string{}, f.Miss.Times}
	case f.Lost != 0:
		return deafness{lossyListener + f.Quiet, dropped(f.Lost), []string{}, f.Lost}
	}
	return deafness{silentSource + f.Quiet, "nothing heard of it", []string{f.Quiet}, 0}
}

// listen opens and closes the incident of a source that is silent, of a listener that
// loses lines, or of a log file with gaps. It is about no server; its name stands where a
// proxy's does, and that of a source among the observers.
func (s *State) listen(f Fact) {
	d := f.deafness()
	key := d.key
	i := s.Incidents[s.Deaf[key]]
	switch {
	case i == nil && f.Heard:
	case i == nil && len(s.Deaf) >= MaxQuiet:
		s.overflow("silent sources")
	case i == nil:
		i = &incident{Incident: Incident{
			ID: incidentID(key, f), Key: key, Proxy: f.Quiet, Opened: f.At, Severity: Alert,
			Observers: d.observers, Reason: d.reason,
		}, Lost: d.count}
		s.Incidents[i.ID] = i
		s.Deaf[key] = i.ID
		s.arm(i, blind, f.At, f.Time, f.Time)
	case f.Heard:
		delete(s.Deaf, key)
		if d.count > i.Lost { // fewer: we began to count anew at a restart
			i.Lost, i.Reason = d.count, d.reason
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

// deaf reports whether the incident is that of a silent source, of a lossy listener or of
// a log file with gaps.
func (i *incident) deaf() bool { return i.Key == silentSource+i.Proxy || i.lossy() || i.gappy() }

func (i *incident) lossy() bool { return i.Key == lossyListener+i.Proxy }

func (i *incident) gappy() bool { return i.Key == gappyFile+i.Proxy }
