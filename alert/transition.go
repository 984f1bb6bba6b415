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
)

// begins reports whether the step is the first that is told of an incident.
func (st step) begins() bool { return st == problem || st == flapping }

// ends reports whether the step is told only to those who heard the beginning.
func (st step) ends() bool { return st == recovery || st == calm || st == back || st == unknown }

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
	s.arm(i, st, f.At, ready, due)
}

// armEnding arms what tells that the incident is over, not before its beginning.
func (s *State) armEnding(i *incident, f Fact) {
	ready := f.Time
	for _, t := range s.Pending {
		if t.Incident == i.ID {
			ready = later(ready, t.Ready)
		}
	}
	s.arm(i, recovery, f.At, ready, ready.Add(s.timing(i).GroupWait))
}

// arm lets a transition ripen. Pending stays in the order in which they are ready,
// and then of the events: the order in which channels are told.
func (s *State) arm(i *incident, st step, at, ready, due time.Time) {
	t := transition{Incident: i.ID, Step: st, Notice: noticeID(i.ID, st, i.Steps), At: at, Ready: ready, Due: due}
	i.Steps++
	if i.First == "" && st.begins() {
		i.First = t.Notice
	}
	s.insert(t)
}

func (s *State) insert(t transition) {
	k := len(s.Pending)
	for k > 0 && s.Pending[k-1].Ready.After(t.Ready) {
		k--
	}
	s.Pending = slices.Insert(s.Pending, k, t)
}

func (s *State) sortPending() {
	slices.SortStableFunc(s.Pending, func(a, b transition) int { return a.Ready.Compare(b.Ready) })
}

// disarm drops all of an incident's transitions.
func (s *State) disarm(incident string) {
	s.Pending = slices.DeleteFunc(s.Pending, func(t transition) bool { return t.Incident == incident })
}

// disarmStep drops one sort of an incident's transitions, and reports whether
// there was one.
func (s *State) disarmStep(incident string, st step) bool {
	before := len(s.Pending)
	s.Pending = slices.DeleteFunc(s.Pending, func(t transition) bool {
		return t.Incident == incident && t.Step == st
	})
	return len(s.Pending) < before
}

// pending returns the transition of that sort that still waits, or nil.
func (s *State) pending(incident string, is func(step) bool) *transition {
	k := slices.IndexFunc(s.Pending, func(t transition) bool { return t.Incident == incident && is(t.Step) })
	if k < 0 {
		return nil
	}
	return &s.Pending[k]
}

func (s *State) armedStep(incident string, st step) bool {
	return s.pending(incident, func(have step) bool { return have == st }) != nil
}

func (s *State) beginning(incident string) *transition { return s.pending(incident, step.begins) }

func (s *State) armed(incident string) bool {
	return s.pending(incident, func(step) bool { return true }) != nil
}

// ripe returns how many transitions, from the first on, are to be sealed at now.
// One that is due takes all along that were ready before it: order is promised.
func (s *State) ripe(now time.Time) int {
	for n := s.ready(now); n > 0; n-- {
		if !s.Pending[n-1].Due.After(now) {
			return n
		}
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

// nextRipe returns when, of the transitions from the n-th on, the next becomes due.
func (s *State) nextRipe(n int) time.Time {
	next := s.Pending[n].Due
	for _, t := range s.Pending[n+1:] {
		if t.Ready.After(next) {
			break
		}
		if t.Due.Before(next) {
			next = t.Due
		}
	}
	return next
}

// dueTimes says when each of the transitions that are sealed together became due:
// at its own time, or when a later one that was due sooner took it along.
func dueTimes(ts []transition) []time.Time {
	due := make([]time.Time, len(ts))
	for k, t := range slices.Backward(ts) {
		due[k] = t.Due
		if k+1 < len(ts) && due[k+1].Before(t.Due) {
			due[k] = later(due[k+1], t.Ready)
		}
	}
	return due
}

// tidy drops a closed incident about which nothing is left to tell.
func (s *State) tidy(i *incident) {
	if i != nil && !i.open() && !s.armed(i.ID) {
		delete(s.Incidents, i.ID)
	}
}
