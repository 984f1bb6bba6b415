package group

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
)

// Transition is something to tell about an incident that still gathers what belongs to
// it.
type Transition struct {
	Incident string
	Kind     Kind
	Notice   string    // the id its notice will have
	At       time.Time // the line that made it
	// Ready is when it may be told at the earliest: later than its fact when it is
	// held back (hold_down, reload_grace, a silence, a reminder). Due is when it is
	// told at the latest.
	Ready, Due time.Time
	// Counts and NotUp are those of the moment of its line: what comes before it is
	// told has transitions of its own.
	Counts incident.Counts
	NotUp  []alert.ServerNote `json:",omitempty"`
	// Held says a silence holds it.
	Held bool `json:",omitempty"`
}

// Schedule is what is still to be told, in the order in which it is ready and then of the
// events: the order in which channels are told.
type Schedule struct {
	Pending []Transition

	// places lead to an incident's transitions: no search goes through all of Pending, for
	// in a storm that is long.
	places map[string][]place
	// nextDue is the earliest Due of Pending; zero when it is to be looked for.
	nextDue time.Time
}

// place is where in the order an incident's transition stands.
type place struct {
	kind  Kind
	ready time.Time
}

// index finds the places anew, after a restart.
func (s *Schedule) index() {
	s.places, s.nextDue = map[string][]place{}, time.Time{}
	for _, t := range s.Pending {
		s.places[t.Incident] = append(s.places[t.Incident], place{t.Kind, t.Ready})
	}
}

// add has a transition wait, after those that are ready when it is.
func (s *Schedule) add(t Transition) {
	s.places[t.Incident] = append(s.places[t.Incident], place{t.Kind, t.Ready})
	s.Pending = slices.Insert(s.Pending, s.readyBy(t.Ready), t)
	if !s.nextDue.IsZero() {
		s.nextDue = alert.Earlier(s.nextDue, t.Due)
	}
}

// cancel drops those of an incident's transitions that are of a kind, and reports whether
// there was one.
func (s *Schedule) cancel(id string, is func(Kind) bool) bool {
	before := len(s.places[id])
	left := slices.DeleteFunc(s.places[id], func(p place) bool {
		if !is(p.kind) {
			return false
		}
		k := s.find(id, p)
		if s.Pending[k].Due.Equal(s.nextDue) {
			s.nextDue = time.Time{}
		}
		s.Pending = slices.Delete(s.Pending, k, k+1)
		return true
	})
	s.keep(id, left)
	return len(left) < before
}

func (s *Schedule) keep(id string, left []place) {
	if len(left) == 0 {
		delete(s.places, id)
		return
	}
	s.places[id] = left
}

// get returns the incident's transition of a kind that still waits, or nil. It may be
// changed, but for when it is ready; after a change of Due call hastened.
func (s *Schedule) get(id string, is func(Kind) bool) *Transition {
	for _, p := range s.places[id] {
		if is(p.kind) {
			return &s.Pending[s.find(id, p)]
		}
	}
	return nil
}

// hastened says that a transition is due earlier than it was.
func (s *Schedule) hastened() { s.nextDue = time.Time{} }

// has reports whether something about an incident waits.
func (s *Schedule) has(id string) bool { return len(s.places[id]) > 0 }

// take removes the first n transitions and returns them.
func (s *Schedule) take(n int) []Transition {
	taken := slices.Clone(s.Pending[:n])
	s.Pending = slices.Delete(s.Pending, 0, n)
	s.nextDue = time.Time{}
	for _, t := range taken {
		left := s.places[t.Incident]
		k := slices.Index(left, place{t.Kind, t.Ready})
		s.keep(t.Incident, slices.Delete(left, k, k+1))
	}
	return taken
}

// find returns where in Pending the incident's transition is.
func (s *Schedule) find(id string, p place) int {
	k, _ := slices.BinarySearchFunc(s.Pending, p.ready, func(t Transition, ready time.Time) int {
		return t.Ready.Compare(ready)
	})
	for s.Pending[k].Incident != id || s.Pending[k].Kind != p.kind {
		k++
	}
	return k
}

// readyBy returns how many transitions may be told at now.
func (s *Schedule) readyBy(now time.Time) int {
	k, _ := slices.BinarySearchFunc(s.Pending, now, func(t Transition, now time.Time) int {
		if t.Ready.After(now) {
			return 1
		}
		return -1
	})
	return k
}

// next returns when the next transition becomes due, zero when there is none. None is due
// before it is ready, so it is the earliest of all.
func (s *Schedule) next() time.Time {
	if s.nextDue.IsZero() && len(s.Pending) > 0 {
		s.nextDue = s.Pending[0].Due
		for _, t := range s.Pending[1:] {
			s.nextDue = alert.Earlier(s.nextDue, t.Due)
		}
	}
	return s.nextDue
}

func is(kind Kind) func(Kind) bool { return func(have Kind) bool { return have == kind } }

func anyKind(Kind) bool { return true }
