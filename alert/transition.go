package alert

import (
	"slices"
	"time"
)

// transition is something to tell about an incident that still gathers what
// belongs to it. Once sealed it is a Notice, or a part of one.
type transition struct {
	Incident string
	Step     step
	Notice   string    // the id its notice will have
	At       time.Time // the line that made it
	// Ready is when it may be told at the earliest: later than its fact when it is
	// held back (hold_down, reload_grace, a silence, a reminder). Due is when it is
	// told at the latest.
	Ready, Due time.Time
	// Counts and NotUp are those of the moment of its line: what comes before it is
	// told has turns of its own.
	Counts counts
	NotUp  []ServerNote `json:",omitempty"`
	// Held says a silence holds it.
	Held bool `json:",omitempty"`
}

// step is which turn of an incident a transition tells.
type step uint8

const (
	problem  step = iota + 1
	back          // a proxy has a first server again, others are still away
	relapse       // and lost it again
	recovery      // all is well, or became planned work
	flapping      // it changes too often to be told each time
	calm          // it has stopped changing
	reminder      // it is still open
	unknown       // a new process has said nothing of it
	blind         // nothing at all comes from a load balancer, or not all of it
	over          // nothing more is said of what no line takes back
)

// begins reports whether the step is the first that is told of an incident.
func (st step) begins() bool { return st == problem || st == flapping || st == blind }

// ends reports whether the step is told only to those who heard the beginning.
func (st step) ends() bool {
	return st == recovery || st == calm || st == back || st == unknown || st == over
}

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

// mark leads to a transition in Pending, which is sorted by Ready: no search goes
// through all of it, for in a storm that is long.
type mark struct {
	Step  step
	Ready time.Time
}

// find returns where in Pending the incident's transition is.
func (s *State) find(incident string, m mark) int {
	k, _ := slices.BinarySearchFunc(s.Pending, m.Ready, func(t transition, ready time.Time) int {
		return t.Ready.Compare(ready)
	})
	for s.Pending[k].Incident != incident || s.Pending[k].Step != m.Step {
		k++
	}
	return k
}

// hasten moves a transition that was held back to the given time.
func (s *State) hasten(t transition, to time.Time) {
	i := s.Incidents[t.Incident]
	s.disarmStep(i.ID, t.Step)
	t.Ready, t.Due = to, to
	s.repend(i, t)
}

// repend has a transition wait again, after those that are ready when it is.
func (s *State) repend(i *incident, t transition) {
	i.Marks = append(i.Marks, mark{t.Step, t.Ready})
	s.Pending = slices.Insert(s.Pending, s.ready(t.Ready), t)
	s.nextDue = time.Time{}
}

// disarm drops all of an incident's transitions.
func (s *State) disarm(incident string) { s.drop(incident, func(step) bool { return true }) }

// disarmStep drops one sort of an incident's transitions, and reports whether
// there was one.
func (s *State) disarmStep(incident string, st step) bool {
	return s.drop(incident, func(have step) bool { return have == st })
}

func (s *State) drop(incident string, is func(step) bool) bool {
	i := s.Incidents[incident]
	if i == nil {
		return false
	}
	before := len(i.Marks)
	i.Marks = slices.DeleteFunc(i.Marks, func(m mark) bool {
		if !is(m.Step) {
			return false
		}
		k := s.find(incident, m)
		if s.Pending[k].Due.Equal(s.nextDue) {
			s.nextDue = time.Time{}
		}
		s.Pending = slices.Delete(s.Pending, k, k+1)
		return true
	})
	return len(i.Marks) < before
}

// pending returns the transition of that sort that still waits, or nil.
func (s *State) pending(incident string, is func(step) bool) *transition {
	i := s.Incidents[incident]
	if i == nil {
		return nil
	}
	for _, m := range i.Marks {
		if is(m.Step) {
			return &s.Pending[s.find(incident, m)]
		}
	}
	return nil
}

// unmark forgets where a transition was that has left Pending.
func (i *incident) unmark(t transition) {
	k := slices.Index(i.Marks, mark{t.Step, t.Ready})
	i.Marks = slices.Delete(i.Marks, k, k+1)
}

func (s *State) armedStep(incident string, st step) bool {
	return s.pending(incident, func(have step) bool { return have == st }) != nil
}

func (s *State) beginning(incident string) *transition { return s.pending(incident, step.begins) }

// ripe returns how many transitions, from the first on, are to be sealed at now: when
// one is due, all go along that were ready by then. That is what group_wait gathers,
// and it keeps the order.
func (s *State) ripe(now time.Time) int {
	if len(s.Pending) == 0 {
		return 0
	}
	if due := s.nextRipe(); !due.After(now) {
		return s.ready(due)
	}
	return 0
}

// ready returns how many transitions may be told at now.
func (s *State) ready(now time.Time) int {
	k, _ := slices.BinarySearchFunc(s.Pending, now, func(t transition, now time.Time) int {
		if t.Ready.After(now) {
			return 1
		}
		return -1
	})
	return k
}

// nextRipe returns when the next transition becomes due, zero when there is none. None
// is due before it is ready, so it is the earliest of all; but a storm may go on first.
func (s *State) nextRipe() time.Time {
	if len(s.Pending) == 0 {
		return time.Time{}
	}
	if s.nextDue.IsZero() {
		s.nextDue = s.Pending[0].Due
		for _, t := range s.Pending[1:] {
			s.nextDue = earlier(s.nextDue, t.Due)
		}
	}
	return later(s.nextDue, s.Storm.Until)
}

// tidy drops a closed incident about which nothing is left to tell.
func (s *State) tidy(i *incident) {
	if i != nil && !i.open() && len(i.Marks) == 0 {
		delete(s.Incidents, i.ID)
	}
}
