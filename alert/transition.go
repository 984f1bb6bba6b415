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

// armEnding arms what tells that the incident is over.
func (s *State) armEnding(i *incident, f Fact) {
	s.arm(i, recovery, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
}

// arm lets a transition ripen, not before what tells that the incident is there.
// Pending stays in the order in which they are ready, and then of the events: the
// order in which channels are told.
func (s *State) arm(i *incident, st step, at, ready, due time.Time) {
	if begun := s.beginning(i.ID); begun != nil {
		ready, due = later(ready, begun.Ready), later(due, begun.Ready)
	}
	t := transition{Incident: i.ID, Step: st, Notice: noticeID(i.ID, st, i.Steps), At: at, Ready: ready, Due: due}
	i.Steps++
	if i.First == "" && st.begins() {
		i.First = t.Notice
	}
	i.Armed++
	k := len(s.Pending)
	for k > 0 && s.Pending[k-1].Ready.After(t.Ready) {
		k--
	}
	s.Pending = slices.Insert(s.Pending, k, t)
	if !s.nextDue.IsZero() {
		s.nextDue = earlier(s.nextDue, due)
	}
}

func (s *State) sortPending() {
	s.nextDue = time.Time{}
	slices.SortStableFunc(s.Pending, func(a, b transition) int { return a.Ready.Compare(b.Ready) })
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
	if i == nil || i.Armed == 0 {
		return false
	}
	before := len(s.Pending)
	s.Pending = slices.DeleteFunc(s.Pending, func(t transition) bool {
		return t.Incident == incident && is(t.Step)
	})
	dropped := before - len(s.Pending)
	if dropped > 0 {
		i.Armed -= dropped
		s.nextDue = time.Time{}
	}
	return dropped > 0
}

// pending returns the transition of that sort that still waits, or nil.
func (s *State) pending(incident string, is func(step) bool) *transition {
	if i := s.Incidents[incident]; i == nil || i.Armed == 0 {
		return nil
	}
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

// nextRipe returns when the next transition becomes due. None is due before it is
// ready, so it is the earliest of all.
func (s *State) nextRipe() time.Time {
	if s.nextDue.IsZero() {
		s.nextDue = s.Pending[0].Due
		for _, t := range s.Pending[1:] {
			s.nextDue = earlier(s.nextDue, t.Due)
		}
	}
	return s.nextDue
}

// tidy drops a closed incident about which nothing is left to tell.
func (s *State) tidy(i *incident) {
	if i != nil && !i.open() && i.Armed == 0 {
		delete(s.Incidents, i.ID)
	}
}
