package alert

import (
	"cmp"
	"slices"

	"haproxy-alert/parse"
)

// noServer takes "backend B has no server available!". The proxy's incident
// tells along what its servers had not told yet. It is planned work when every
// server known not to be up is so by somebody's wish.
func (s *State) noServer(f Fact) {
	key := s.proxyKey(f)
	p := s.proxyOf(key)
	i := s.Incidents[p.Incident]
	if i == nil && len(s.Incidents) >= MaxServers {
		s.Overflow++
		return
	}
	switch {
	case i == nil:
		i = s.newIncident(key, f, p.plannedOnly())
		if !i.Planned {
			i.Severity = Emergency
		}
		p.Incident = i.ID
		s.fold(p, i)
		s.arm(i, problem, f, 0)
	case len(i.None) == 0:
		i.add(f)
		i.Flaps++
		if !s.disarmStep(i.ID, back) { // else nobody heard that it had come back
			s.fold(p, i)
			s.arm(i, relapse, f, 0)
		}
	default:
		i.add(f)
	}
	i.None[f.Source.Observer()] = true
	i.Counts = counts{Said: true}
}

func (p *proxy) plannedOnly() bool {
	if len(p.servers) == 0 {
		return false // a weight set to 0, or lines we never saw: better told as an outage
	}
	work := false
	for _, sv := range p.servers {
		if sv.failed() {
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
			if i := s.Incidents[id]; i != nil && !i.Told && i.Parent == "" {
				s.takeAlong(parent, i)
				lines = append(lines, i.Lines...)
				parent.Reason = cmp.Or(parent.Reason, i.Reason)
			}
		}
	}
	parent.Lines = append(lines, parent.Lines...)
	slices.SortStableFunc(parent.Lines, func(a, b Line) int { return a.Time.Compare(b.Time) })
	if extra := len(parent.Lines) - MaxLines; extra > 0 {
		parent.Cut += extra
		parent.Lines = parent.Lines[:MaxLines]
	}
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
	if wasNone && usable(f.Event) {
		delete(i.None, f.Source.Observer())
		i.add(f)
	}
	switch {
	case len(i.None) > 0:
		return nil
	case len(s.along(i)) > 0:
		if wasNone {
			s.arm(i, back, f, s.policy.GroupWait)
		}
		return nil
	}
	s.disarmStep(i.ID, back)
	p.Incident = ""
	return []Incident{s.close(i.ID, up, f)}
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
