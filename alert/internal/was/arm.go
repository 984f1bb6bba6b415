package was

import (
	"slices"
	"time"
)

// armBeginning arms what tells that the incident is there: gathering for a while,
// held back while hold_down or a reload ask for it.
func (s *State) armBeginning(i *incident, f Fact, gather time.Duration) {
	st := problem
	if i.Flapping {
		st = flapping
	}
	ready := f.Time
	if !i.Planned {
		ready = ready.Add(s.timing(i).HoldDown)
	}
	due := ready.Add(gather)
	if grace := s.graceEnd(f); grace.After(due) {
		ready, due = grace, grace
	}
	s.catchGraced(i, ready, due)
	s.arm(i, st, f.At, ready, due)
}

// catchGraced has an outage, or work, that is over and that a reload still holds back
// told with the next one of its key: told later it would read as if that were over. Only
// of a key that was away lately can there be such a one, and a storm is no time to look.
func (s *State) catchGraced(next *incident, ready, due time.Time) {
	if !next.Planned && len(s.Ledger[next.Key]) == 0 {
		return
	}
	var grace time.Time
	for _, p := range s.Processes {
		grace = later(grace, p.Grace)
	}
	if !grace.After(ready) {
		return
	}
	for _, t := range slices.Clone(s.Pending[s.ready(ready):s.ready(grace)]) {
		i := s.Incidents[t.Incident]
		if i.Key == next.Key && i.Planned == next.Planned && (t.Step == problem || t.Step == recovery) {
			s.disarmStep(i.ID, t.Step)
			t.Ready, t.Due = ready, due
			s.repend(i, t)
		}
	}
}

// armEnding arms what tells that the incident is over.
func (s *State) armEnding(i *incident, f Fact) {
	s.arm(i, recovery, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
	if _, said := countsOf(f.Event); !said { // those of its beginning say nothing now
		s.pending(i.ID, func(st step) bool { return st == recovery }).Counts = counts{}
	}
}

// arm lets a transition ripen, not before what tells that the incident is there; but what
// goes quiet while a silence holds it is told to nobody.
// Pending stays in the order in which they are ready, and then of the events: the
// order in which channels are told.
func (s *State) arm(i *incident, st step, at, ready, due time.Time) {
	if begun := s.beginning(i.ID); begun != nil && st != over {
		ready, due = later(ready, begun.Ready), later(due, begun.Ready)
	}
	t := transition{Incident: i.ID, Step: st, Notice: noticeID(i.ID, st, i.Steps), At: at, Ready: ready, Due: due}
	t.Counts, t.NotUp = i.Counts, s.notUp(i)
	i.Steps++
	if i.First == "" && st.begins() {
		i.First = t.Notice
	}
	i.Marks = append(i.Marks, mark{st, ready})
	s.Pending = slices.Insert(s.Pending, s.ready(ready), t)
	if !s.nextDue.IsZero() {
		s.nextDue = earlier(s.nextDue, due)
	}
}
