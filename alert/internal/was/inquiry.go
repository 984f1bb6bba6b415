package was

import (
	"slices"
	"strings"
	"time"
)

// About returns the open incidents of the server and of the proxy that an observed
// line is about, oldest first; of a source, a listener or a log file that of its silence or
// of what it lost.
func (s *State) About(f Fact) []Incident {
	ids := []string{s.Deaf[f.deafness().key]}
	if sv := s.Servers[s.serverKey(f)]; sv != nil && f.Event.Server != "" {
		ids = append(ids, sv.Outage, sv.Work)
	}
	if p := s.Proxies[s.proxyKey(f)]; p != nil {
		ids = append(ids, p.Incident)
	}
	ids = append(ids, s.matterAbout(f))
	var open []Incident
	for _, id := range ids {
		if i := s.Incidents[id]; i != nil && i.open() && i.Lull.IsZero() {
			open = append(open, i.Incident)
		}
	}
	sortIncidents(open)
	return open
}

// Coming returns what is still to be decided about the incidents whose key, or one
// they tell along, is wanted; as it looks now, in the order in which it may be told.
// Time is when it is due, Rule what it waits for. A further fact may change or end each.
func (s *State) Coming(wanted func(key string) bool) []Decision {
	var all []Decision
	for k, t := range s.Pending {
		i := s.Incidents[t.Incident]
		d := Decision{Time: later(t.Due, s.Storm.Until), Key: i.Key, Along: keysOf(s.along(i)), Rule: s.waitsFor(i, t)}
		if wanted(d.Key) || slices.ContainsFunc(d.Along, wanted) {
			d.Notice = s.composed(bundle{turns: []turn{{k}}, due: t.Due})
			d.Kind = d.Notice.Kind
			all = append(all, d)
		}
	}
	return all
}

// waitsFor names the rule a transition waits for.
func (s *State) waitsFor(i *incident, t transition) string {
	if t.Held {
		if q := s.silenced(i, i.noticeKind(t.Step), i.noticeSeverity(t.Step), s.Now); q != nil {
			return "silence " + q.ID
		}
		return "a silence that has ended"
	}
	switch {
	case t.Due.Before(s.Storm.Until):
		return "the storm that goes on"
	case t.Step == reminder:
		return "remind"
	case t.Step == unknown:
		return "reload_quiet"
	case t.Step == calm:
		return "flapping.within"
	case t.Step == over && i.Matter == losing:
		return "drops"
	case t.Step == over:
		return "limit_quiet"
	case t.Step.begins() && t.Ready.After(s.Now) && i.Matter == service:
		return s.heldDown(i)
	}
	return "group_wait"
}

// heldDown names the rule by which an outage is not told before a time.
func (s *State) heldDown(i *incident) string {
	if s.timing(i).HoldDown > 0 {
		return "hold_down"
	}
	return "reload_grace"
}

// Concerns reports whether the match may take incidents of the server, or with an
// empty server those of any server of the proxy.
func (m Match) Concerns(proxy, server string) bool {
	return m.Proxy.matches(proxy) && (server == "" || m.Server.matches(server))
}

// NameOf returns "proxy/server", or the proxy alone, of the key of an incident.
func NameOf(key string) string {
	return key[strings.LastIndexByte(key, ' ')+1:] // HAProxy's names have no blanks
}

func keysOf(list []*incident) []string {
	var keys []string
	for _, i := range list {
		keys = append(keys, i.Key)
	}
	slices.Sort(keys)
	return keys
}

// outlasted drops what would have told of an outage that was over before it might be
// told. A silence has left its trace already, hold_down leaves it now.
func (s *State) outlasted(i *incident, begun *transition, now time.Time) {
	if !begun.Held {
		s.Suppressed++
		s.traceOutlasted(i, begun, now)
	}
	s.disarm(i.ID)
}

func (s *State) traceOutlasted(i *incident, begun *transition, now time.Time) {
	if s.trace == nil {
		return
	}
	k := s.find(i.ID, mark{begun.Step, begun.Ready})
	n := s.composed(bundle{turns: []turn{{k}}, due: now})
	s.trace(Decision{Time: now, Key: i.Key, Along: keysOf(s.along(i)), Kind: n.Kind, Notice: n, Rule: s.heldDown(i)})
}
