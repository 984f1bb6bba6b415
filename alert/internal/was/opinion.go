package was

import (
	"strings"
	"time"
)

// SightedAgain is how old an incident must be for a load balancer that sees it for the
// first time to be news.
const SightedAgain = 5 * time.Minute

// sightedAgain tells that a load balancer sees an incident that another one keeps open:
// one it had seen the end of, or long after it began. The other one may be gone, or may
// have lost its way to the server; this is an outage of its own to those who are woken.
func (s *State) sightedAgain(i *incident, f Fact) {
	if !i.Told || i.Flapping || i.Planned {
		return
	}
	if i.seenBy(f.Source.Observer()) || f.At.Sub(i.Opened) > SightedAgain {
		s.disarmStep(i.ID, relapse)
		s.arm(i, relapse, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
	}
}

// OpinionWait is how long load balancers may differ about the end of an outage before
// people are told that they do.
const OpinionWait = 30 * time.Second

// opine takes what one load balancer now says of a server whose incident is open.
func (s *State) opine(i *incident, before, after status, f Fact) {
	switch {
	case before == up && after == down:
		i.countFlap(f)
		s.disarmStep(i.ID, back)
		s.sightedAgain(i, f)
	case before == down && after == up && i.Told && !i.Planned && !i.Flapping:
		s.disarmStep(i.ID, back)
		s.arm(i, back, f.At, f.Time, f.Time.Add(OpinionWait))
	}
}

// opinions tells who sees a server up and who sees it down.
func (s *State) opinions(i *incident) string {
	sv := s.Servers[i.Key]
	if sv == nil {
		return ""
	}
	var ups, downs []string
	for _, observer := range sortedKeys(sv.Views) {
		if sv.Views[observer].Status == down {
			downs = append(downs, observer)
		} else {
			ups = append(ups, observer)
		}
	}
	return "up for " + strings.Join(ups, ", ") + ", still down for " + strings.Join(downs, ", ")
}
