package was

import (
	"slices"
	"time"
)

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
