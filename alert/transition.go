package alert

import (
	"slices"
	"time"
)

// transition is something to tell about an incident that still gathers what
// belongs to it. Once sealed it is a Notice.
type transition struct {
	Incident string
	Step     step
	Notice   string    // the id its notice will have
	At       time.Time // the line that made it
	Due      time.Time
}

// step is which turn of an incident a transition tells.
type step uint8

const (
	problem  step = iota + 1
	back          // a proxy has a first server again, others are still away
	relapse       // and lost it again
	recovery      // all is well, or became planned work
)

// arm lets a transition ripen for wait. Pending stays in the order of the events,
// which is the order in which channels are told.
func (s *State) arm(i *incident, st step, f Fact, wait time.Duration) {
	t := transition{Incident: i.ID, Step: st, Notice: noticeID(i.ID, st, i.Steps), At: f.At, Due: f.Time.Add(wait)}
	i.Steps++
	if i.First == "" {
		i.First = t.Notice
	}
	s.Pending = append(s.Pending, t)
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

func (s *State) armedStep(incident string, st step) bool {
	return slices.ContainsFunc(s.Pending, func(t transition) bool {
		return t.Incident == incident && t.Step == st
	})
}

func (s *State) armed(incident string) bool {
	return slices.ContainsFunc(s.Pending, func(t transition) bool { return t.Incident == incident })
}

// ripe returns how many transitions, from the first on, are to be sealed at now.
// One that is due takes all before it along: their events came earlier, and order
// is promised.
func (s *State) ripe(now time.Time) int {
	for n := len(s.Pending); n > 0; n-- {
		if !s.Pending[n-1].Due.After(now) {
			return n
		}
	}
	return 0
}

// seal turns the first n transitions into notices and queues them.
func (s *State) seal(n int) {
	if n == 0 {
		return
	}
	sealed := slices.Clone(s.Pending[:n])
	due := dueTimes(sealed)
	s.Pending = slices.Delete(s.Pending, 0, n)
	for k, t := range sealed {
		i := s.Incidents[t.Incident]
		notice := s.notice(i, t, due[k])
		i.Told = true
		for _, c := range s.policy.Channels {
			s.enqueue(c.Name, notice)
		}
	}
	for _, t := range sealed {
		s.tidy(s.Incidents[t.Incident])
	}
}

// dueTimes says when each of the transitions that are sealed together became due:
// at its own time, or when a later one that was due sooner took it along.
func dueTimes(ts []transition) []time.Time {
	due := make([]time.Time, len(ts))
	for k, t := range slices.Backward(ts) {
		due[k] = t.Due
		if k+1 < len(ts) && due[k+1].Before(t.Due) {
			due[k] = due[k+1]
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
