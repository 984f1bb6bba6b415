package was

import (
	"cmp"
	"slices"
	"time"

	"haproxy-alert/parse"
)

// EmptiedWait is how long a proxy whose last server just went away waits for the
// line that says so in its own words. A lossy path may never bring it.
const EmptiedWait = 200 * time.Millisecond

// emptied takes a server line whose counts say that nobody is left: HAProxy's own
// "no server available" follows at once, if it comes at all.
func (s *State) emptied(f Fact) {
	c, said := countsOf(f.Event)
	if !said || c.any() {
		return
	}
	switch f.Event.Kind {
	case parse.ServerDown, parse.ServerMaint, parse.ServerDrain, parse.ServerStopping:
	default:
		return
	}
	p := s.proxyOf(s.proxyKey(f))
	if i := s.Incidents[p.Incident]; i == nil || len(i.None) == 0 {
		f.Event = parse.Event{Kind: parse.NoServer, Proxy: f.Event.Proxy}
		s.lost(f, EmptiedWait)
	}
}

// noServer takes "backend B has no server available!". The proxy's incident
// tells along what its servers had not told yet. It is planned work when every
// server known not to be up is so by an operator's wish: nobody plans a DNS timeout.
func (s *State) noServer(f Fact) { s.lost(f, 0) }

// lost opens or goes on with the incident of a proxy without servers; patience is
// how long to wait at least for more.
func (s *State) lost(f Fact, patience time.Duration) {
	key := s.proxyKey(f)
	p := s.proxyOf(key)
	if i := s.Incidents[p.Incident]; i != nil && i.Unknown {
		s.expire(i)
	}
	if i := s.Incidents[p.Incident]; i != nil && i.Planned && len(i.None) == 0 && !p.plannedOnly() {
		s.ended = append(s.ended, s.end(&p.Incident, down, f)...) // a failure took the place of planned work
	}
	i := s.Incidents[p.Incident]
	if i == nil && len(s.Incidents) >= MaxServers {
		s.overflow("incidents")
		return
	}
	switch {
	case i == nil:
		i = s.newIncident(key, f, p.plannedOnly())
		if !i.Planned {
			i.Severity = Emergency
		}
		i.Counts = counts{Said: true, Total: p.away}
		p.Incident = i.ID
		s.fold(p, i)
		i.Guessed = patience > 0
		s.begin(i, f, s.urgent(i, f, patience))
	case len(i.None) == 0:
		s.settleDoubt(i)
		s.add(i, f)
		i.Counts = counts{Said: true, Total: p.away}
		s.relapse(p, i, f, patience)
	default:
		if !i.None[f.Source.Observer()] {
			s.sightedAgain(i, f)
		}
		s.settleDoubt(i)
		s.add(i, f)
		s.hurry(i, f)
	}
	i.Guessed = i.Guessed && patience > 0
	i.None[f.Source.Observer()] = true
}

// urgent is how long to gather before telling that nothing is left: no longer than the
// patience, but of many the first one is told at once and the others are gathered. A
// storm spreads them further, and holds up those that were empty just before.
func (s *State) urgent(i *incident, f Fact, patience time.Duration) time.Duration {
	gather := s.timing(i).GroupWait
	storm := s.Storm.wait(gather, f.Time)
	gathers := storm == 0 || s.endedLately(i.Key, f.Time)
	if gathers && f.Time.Sub(s.LastUrgent) < max(gather, storm) {
		return max(patience, gather)
	}
	if storm == 0 {
		s.LastUrgent = f.Time
		return patience
	}
	due := later(f.Time.Add(patience), s.LastUrgent.Add(max(gather, storm/StormUrgent)))
	s.Storm.Until = earlier(s.Storm.Until, due)
	return due.Sub(f.Time)
}

// toldEmpty notes, in a storm, when it was last told that a proxy has no server left.
func (s *State) toldEmpty(t transition, at time.Time) {
	if s.Storm.wait(s.policy.GroupWait, at) > 0 && s.Incidents[t.Incident].empties(t.Step) {
		s.LastUrgent = at
	}
}

// empties reports whether the step tells that a proxy has no server left.
func (i *incident) empties(st step) bool {
	return i.Server == "" && !i.apart() && (st == problem || st == relapse || st == flapping)
}

// endedLately reports whether an outage of the key ended within StormPause.
func (s *State) endedLately(key string, now time.Time) bool {
	past := s.Ledger[key]
	return len(past) > 0 && now.Sub(past[len(past)-1].To) <= StormPause
}

// relapse takes that a proxy lost its servers again before all of them were back.
func (s *State) relapse(p *proxy, i *incident, f Fact, patience time.Duration) {
	if !i.Flapping || i.Lull.IsZero() {
		i.Flaps++
	}
	switch {
	case i.Flapping && !i.Lull.IsZero():
		s.again(i, f)
	case i.Flapping:
	case s.disarmStep(i.ID, back) && !i.LetGo: // nobody heard that it had come back
	default:
		i.LetGo = false
		s.fold(p, i)
		s.arm(i, relapse, f.At, f.Time, f.Time.Add(s.urgent(i, f, patience)))
	}
}

// hurry ends the patience: the line that was waited for has come.
func (s *State) hurry(i *incident, f Fact) {
	for _, st := range [...]step{problem, relapse} {
		t := s.pending(i.ID, func(have step) bool { return have == st })
		if t != nil && t.Due.Sub(f.Time) <= EmptiedWait {
			held := t.Due.Before(s.Storm.Until)
			t.Due = later(t.Ready, f.Time)
			if !held {
				s.Storm.Until = earlier(s.Storm.Until, t.Due)
			}
			s.nextDue = time.Time{}
		}
	}
}

func (p *proxy) plannedOnly() bool {
	if len(p.servers) == 0 {
		return false // a weight set to 0, or lines we never saw: better told as an outage
	}
	work := false
	for _, sv := range p.servers {
		if sv.failed() || !sv.wantedAway() {
			return false
		}
		work = work || sv.working()
	}
	return work
}

// fold puts the proxy's servers whose own notice still waits under its incident.
func (s *State) fold(p *proxy, parent *incident) {
	var lines []Line
	for _, key := range sortedKeys(p.servers) {
		sv := p.servers[key]
		for _, id := range [...]string{sv.Outage, sv.Work} {
			if i := s.Incidents[id]; i != nil && i.Parent == "" && i.Lull.IsZero() &&
				s.beginning(id) != nil && s.mayTellAlong(parent, i, parent.Heard) {
				s.takeAlong(parent, i)
				lines = append(lines, i.Lines...)
				parent.Reason = cmp.Or(parent.Reason, i.Reason)
			}
		}
	}
	parent.Lines, parent.Cut = newest(append(lines, parent.Lines...), parent.Cut)
}

// backInService ends "no server left" for the observer whose line shows a usable
// server; when the last observer and the last folded server are back, the
// incident closes.
func (s *State) backInService(key string, f Fact) []Incident {
	p := s.Proxies[key]
	if p == nil || p.Incident == "" {
		return nil
	}
	i := s.Incidents[p.Incident]
	wasNone := len(i.None) > 0
	if wasNone && (usable(f.Event) || i.Guessed && f.Event.Kind == parse.ServerUp) {
		delete(i.None, f.Source.Observer())
		s.add(i, f)
	}
	switch {
	case len(i.None) > 0:
		return nil
	case slices.ContainsFunc(s.along(i), func(a *incident) bool { return a.Proxy == i.Proxy }):
		if wasNone {
			s.letGo(i.ID)
		}
		if wasNone && !i.Flapping {
			// A process that has just begun takes its servers for up until it has
			// checked them: its counts are no sign of life until the grace is over.
			ready := later(f.Time, s.graceEnd(f))
			s.arm(i, back, f.At, ready, ready.Add(s.timing(i).GroupWait))
		}
		return nil
	}
	s.disarmStep(i.ID, back)
	if !wasNone {
		s.add(i, f) // what ends it is told, too
	}
	return s.end(&p.Incident, up, f)
}

// usable reports whether the line shows that the proxy has a server again. A
// server can be "UP" with a weight of 0, so counts, where said, decide.
func usable(ev parse.Event) bool {
	if c, said := countsOf(ev); said {
		return c.any()
	}
	switch ev.Kind {
	case parse.ServerUp:
		return true
	case parse.ServerMaintEnd, parse.ServerDrainEnd:
		return ev.StatusState == "UP" || ev.StatusState == "UP/READY"
	default:
		return false
	}
}
