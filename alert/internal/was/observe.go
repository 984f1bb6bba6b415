package was

import (
	"cmp"
	"slices"
	"time"

	"haproxy-alert/parse"
)

// serverLine takes a line about one server: it moves the observer's view, opens
// or closes the server's incidents and tells the proxy's incident of it.
func (s *State) serverLine(f Fact) []Incident {
	key := s.serverKey(f)
	sv := s.serverOf(key, f)
	if sv == nil {
		return nil
	}
	v := sv.view(f.Source.Observer())
	if v == nil {
		s.overflow("load balancers of a server")
		return nil
	}
	if i := s.Incidents[sv.Outage]; i != nil && i.Unknown && failure(f.Event) {
		s.expire(i)
	}
	before, process, worst := v.Status, v.PID, sv.worst()
	f.Event = v.note(f)
	s.proxyOf(s.proxyKey(f)).moved(worst, sv.worst())
	for _, id := range [...]string{sv.Outage, sv.Work} {
		if i := s.Incidents[id]; i != nil && recorded(f.Event.Kind) {
			s.settleDoubt(i)
			s.opine(i, before, v.Status, f)
			if before == down && v.Status == down && process != f.Source.PID {
				s.stillDown(i, f)
			}
			s.add(i, f)
		}
	}
	closed := s.follow(key, sv, v, f)
	closed = append(closed, s.backInService(s.proxyKey(f), f)...)
	s.emptied(f)
	s.forget(key, sv)
	return closed
}

// follow opens and closes the server's two incidents as its views now demand.
func (s *State) follow(key string, sv *server, v *view, f Fact) []Incident {
	var closed []Incident
	ended := *cmp.Or(s.Incidents[sv.Outage], s.Incidents[sv.Work], &incident{})
	if sv.Outage != "" && !sv.failed() {
		closed = append(closed, s.end(&sv.Outage, v.Status, f)...)
	}
	if sv.Work != "" && !sv.working() {
		closed = append(closed, s.end(&sv.Work, v.Status, f)...)
	}
	switch i := s.Incidents[sv.Outage]; {
	case i != nil && !i.Lull.IsZero() && sv.failed():
		s.again(i, f)
	case i == nil && sv.failed():
		sv.Outage = s.openServer(key, v, f, false).ID
	}
	if sv.Work == "" && sv.working() {
		i := s.openServer(key, v, f, true)
		sv.Work = i.ID
		if len(closed) > 0 {
			s.carryOn(i, ended, f)
		}
	}
	return closed
}

// carryOn makes planned work that took over a failed server a part of the
// outage's conversation: the outage's last notice tells of it already.
func (s *State) carryOn(work *incident, outage incident, f Fact) {
	if !outage.Told || !s.armedStep(outage.ID, recovery) {
		return // the outage has no conversation of its own
	}
	s.disarm(work.ID)
	work.First, work.Told, work.To, work.Parent = outage.First, true, outage.To, ""
	s.release(work, f)
}

func (s *State) openServer(key string, v *view, f Fact, planned bool) *incident {
	i := s.newIncident(key, f, planned && s.policy.Planned != PlannedAlert)
	i.Failed = v.Failed
	if parent := s.tracked(f); parent != nil && s.beginning(parent.ID) != nil && s.mayTellAlong(parent, i, f.Time) {
		s.takeAlong(parent, i)
		return i
	}
	s.begin(i, f, s.timing(i).GroupWait)
	s.adopt(key, i)
	if f.Event.Via != "" && i.Parent == "" {
		s.Orphans[s.viaKey(f)] = append(s.Orphans[s.viaKey(f)], i.ID)
	}
	return i
}

// begin arms what tells of a new incident, as flapping when it is.
func (s *State) begin(i *incident, f Fact, gather time.Duration) {
	if !i.Planned {
		s.changed(i.Key, changedAt(f))
		i.Flapping = s.flaps(i.Key, changedAt(f))
	}
	if p := s.Proxies[s.proxyKey(f)]; i.Flapping && i.Server != "" && p != nil {
		if parent := s.Incidents[p.Incident]; parent != nil && parent.Flapping {
			s.takeAlong(parent, i) // the proxy flaps with it, and is told as such
			return
		}
	}
	s.armBeginning(i, f, gather)
	if i.Flapping {
		s.armCalm(i, f)
	}
}

func (s *State) newIncident(key string, f Fact, planned bool) *incident {
	i := &incident{Incident: Incident{
		ID: incidentID(key, f), Key: key, Proxy: f.Event.Proxy, Server: f.Event.Server,
		Opened: f.At, Planned: planned, Severity: Alert, Reason: reasonOf(f.Event),
		Observers: []string{},
	}, Event: f.Event, None: map[string]bool{}}
	if planned {
		i.Severity = Normal
	}
	i.Started = !s.graceEnd(f).IsZero()
	s.add(i, f)
	s.Incidents[i.ID] = i
	return i
}

// end closes the incident of a server and takes it off it, unless it is flapping:
// then it may only be a lull.
func (s *State) end(id *string, to status, f Fact) []Incident {
	i := s.Incidents[*id]
	if i.Flapping {
		if i.Lull.IsZero() {
			s.changed(i.Key, changedAt(f))
			s.lull(i, to, f)
		}
		return nil
	}
	*id = ""
	return []Incident{s.close(i, to, f)}
}

// close ends an incident; to is the state its server is in now.
func (s *State) close(i *incident, to status, f Fact) Incident {
	i.Closed = later(f.At, i.Opened)
	i.EndCause = to.word()
	if !i.Planned {
		s.changed(i.Key, changedAt(f))
		s.enter(i.Key, i.Incident)
	}
	for _, st := range [...]step{reminder, unknown, back} {
		s.disarmStep(i.ID, st)
	}
	s.letGo(i.ID)
	begun := s.beginning(i.ID)
	switch {
	case i.Told:
		s.armEnding(i, f)
	case i.Folded:
		s.disarm(i.ID)
	case begun != nil && begun.Ready.After(f.Time) && s.graceEnd(f).IsZero():
		s.outlasted(i, begun, f.Time)
	case begun != nil:
		s.armEnding(i, f)
	}
	s.release(i, f)
	s.tidy(i)
	return i.Incident
}

// serverOf returns the server a line is about, nil when the bound is reached.
func (s *State) serverOf(key string, f Fact) *server {
	if sv := s.Servers[key]; sv != nil {
		return sv
	}
	if len(s.Servers) >= MaxServers {
		s.overflow("servers")
		return nil
	}
	sv := &server{Proxy: f.Event.Proxy, Server: f.Event.Server, Views: map[string]*view{}}
	s.Servers[key] = sv
	s.proxyOf(s.proxyKey(f)).servers[key] = sv
	return sv
}

// forget drops a server that is up again everywhere.
func (s *State) forget(key string, sv *server) {
	if !sv.idle() {
		return
	}
	delete(s.Servers, key)
	pk := s.proxyKeyOf(key, sv)
	p := s.proxyOf(pk)
	delete(p.servers, key)
	if len(p.servers) == 0 && p.Incident == "" {
		delete(s.Proxies, pk)
	}
}

// failure reports whether the line is news of an outage.
func failure(ev parse.Event) bool {
	return ev.Kind == parse.ServerDown || ev.Kind == parse.CheckFailed && !ev.Agent && ev.StatusState == "DOWN"
}

// recorded leaves check lines out of an open incident's record: they repeat, and
// the count of failed checks says it shorter.
func recorded(k parse.Kind) bool { return k != parse.CheckFailed && k != parse.CheckPassed }

func sortIncidents(list []Incident) { slices.SortFunc(list, byOpening) }

func byOpening(a, b Incident) int {
	return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
}
