package was

import (
	"slices"
	"time"
)

// flapper counts how often a server or proxy goes up and down.
type flapper struct {
	Changes []time.Time // of late, by our clock; not more than make it flap
}

// backlog is how old a line must be to have waited for us in a file. How fast things
// changed then its own time tells; of a fresh line ours does, for clocks differ.
const backlog = time.Minute

// changedAt is when what a line tells happened.
func changedAt(f Fact) time.Time {
	if f.Time.Sub(f.At) > backlog {
		return f.At
	}
	return f.Time
}

// changed notes that the server or proxy of the key went up or down.
func (s *State) changed(key string, now time.Time) {
	if s.policy.Flap.Changes <= 0 {
		return
	}
	s.forgetFlappers(now)
	fl := s.Flappers[key]
	if fl == nil {
		if len(s.Flappers) >= MaxServers {
			s.overflow("flapping servers")
			return
		}
		fl = &flapper{}
		s.Flappers[key] = fl
	}
	fl.Changes = append(fl.lately(now, s.policy.Flap.Within), now)
	if extra := len(fl.Changes) - s.policy.Flap.Changes; extra > 0 {
		fl.Changes = slices.Delete(fl.Changes, 0, extra)
	}
}

// lately returns the changes that still count, in place.
func (fl *flapper) lately(now time.Time, within time.Duration) []time.Time {
	return slices.DeleteFunc(fl.Changes, func(t time.Time) bool { return now.Sub(t) > within })
}

// flaps reports whether the key changes too often to be told each time.
func (s *State) flaps(key string, now time.Time) bool {
	fl := s.Flappers[key]
	if fl == nil {
		return false
	}
	fl.Changes = fl.lately(now, s.policy.Flap.Within)
	return len(fl.Changes) >= s.policy.Flap.Changes
}

// forgetFlappers drops, now and then, those that have been calm.
func (s *State) forgetFlappers(now time.Time) {
	within := s.policy.Flap.Within
	if now.Sub(s.FlapsSwept) < within {
		return
	}
	s.FlapsSwept = now
	for key, fl := range s.Flappers {
		if fl.Changes = fl.lately(now, within); len(fl.Changes) == 0 {
			delete(s.Flappers, key)
		}
	}
}

// lull notes that a flapping incident would be over. The outage is on record, but the
// conversation goes on until calm lasts.
func (s *State) lull(i *incident, to status, f Fact) {
	i.Lull, i.EndCause = later(f.At, i.Opened), to.word()
	s.record(i, i.Lull)
	s.armCalm(i, f)
}

// again notes that a flapping incident that would have been over is not: a further
// outage of the same conversation.
func (s *State) again(i *incident, f Fact) {
	if i.Began.IsZero() {
		i.Began = i.Opened
	}
	i.Lull, i.EndCause, i.Opened = time.Time{}, "", f.At
	i.Outages++
	i.Flaps = 0
	s.changed(i.Key, changedAt(f))
	s.armCalm(i, f)
}

// record writes down one outage of a flapping incident.
func (s *State) record(i *incident, closed time.Time) {
	r := i.Incident
	r.Closed = closed
	if i.Outages > 0 {
		r.ID = shortID(i.ID, i.Outages)
	}
	s.ended = append(s.ended, r)
	s.enter(i.Key, r)
}

// StaysDown is how long something that was flapping may be down before that is told: it
// is no flapping any more.
const StaysDown = time.Minute

// armCalm arms what tells that the flapping is over, unless it goes on.
func (s *State) armCalm(i *incident, f Fact) {
	s.disarmStep(i.ID, calm)
	wait := s.policy.Flap.Within
	if i.Lull.IsZero() {
		wait = min(wait, StaysDown)
	}
	at := f.Time.Add(wait)
	s.arm(i, calm, f.At, at, at.Add(s.timing(i).GroupWait)) // who flapped with it calms with it
}

// calmed ends the flapping: the incident closes if it is in a lull, and is an
// ordinary one from now on if it is not.
func (s *State) calmed(i *incident, t transition) []Incident {
	i.Flapping = false
	if i.Lull.IsZero() {
		s.remindLater(i, t, t.Due)
		return nil
	}
	i.Closed = i.Lull
	if begun := s.beginning(i.ID); begun != nil {
		s.outlasted(i, begun, t.Due) // a silence held it all the time
	}
	s.release(i, Fact{Time: t.Due, At: t.Due})
	s.detach(i)
	return nil // its outages are on record
}

// detach takes a closed incident off its server or proxy.
func (s *State) detach(i *incident) {
	if i.Server == "" {
		if p := s.Proxies[i.Key]; p != nil && p.Incident == i.ID {
			p.Incident = ""
			if len(p.servers) == 0 {
				delete(s.Proxies, i.Key)
			}
		}
		return
	}
	if sv := s.Servers[i.Key]; sv != nil {
		if sv.Outage == i.ID {
			sv.Outage = ""
		}
		if sv.Work == i.ID {
			sv.Work = ""
		}
		s.forget(i.Key, sv)
	}
}
