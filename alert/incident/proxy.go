package incident

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/parse"
)

// SentenceWait is how long a proxy whose last server just went away waits for the line
// that says so in HAProxy's own words. A lossy path may never bring it.
const SentenceWait = 200 * time.Millisecond

// emptied takes a server line whose counts say that nobody is left: HAProxy's own
// "no server available" follows at once, if it comes at all.
func (t *Tracker) emptied(f alert.Fact) {
	c, said := CountsOf(f.Event)
	if !said || c.Any() {
		return
	}
	switch f.Event.Kind {
	case parse.ServerDown, parse.ServerMaint, parse.ServerDrain, parse.ServerStopping:
	default:
		return
	}
	if r := t.Records[t.Proxies[t.health.ProxyKey(f)]]; r == nil || len(r.NoneSeenBy) == 0 {
		f.Event = parse.Event{Kind: parse.NoServer, Proxy: f.Event.Proxy}
		t.lost(f, SentenceWait)
	}
}

// lost opens or goes on with the incident of a proxy without servers; wait is how long to
// wait at least for HAProxy's own sentence. What its servers had not told yet becomes a
// part of it. It is planned work when every server known not to be up is so by an
// operator's wish: nobody plans a DNS timeout.
func (t *Tracker) lost(f alert.Fact, wait time.Duration) {
	key := t.health.ProxyKey(f)
	if r := t.Records[t.Proxies[key]]; r != nil && r.Unknown {
		t.expire(r)
	}
	if r := t.Records[t.Proxies[key]]; r != nil && r.Planned && len(r.NoneSeenBy) == 0 && !t.health.PlannedOnly(key) {
		t.ended = append(t.ended, t.end(r.ID, health.Down, f)...) // a failure took the place of planned work
	}
	r := t.Records[t.Proxies[key]]
	if r == nil && len(t.Records) >= alert.MaxServers {
		t.overflow.Add("incidents")
		return
	}
	switch {
	case r == nil:
		r = t.openProxy(key, f, wait)
	case len(r.NoneSeenBy) == 0:
		t.clear(r, f)
		t.add(r, f)
		r.Counts = Counts{Said: true, Total: t.health.Away(key)}
		t.relapse(key, r, f, wait)
	default:
		if !r.NoneSeenBy[f.Source.Observer()] {
			t.seenAgain(r, f)
		}
		t.clear(r, f)
		t.add(r, f)
		t.step(Confirmed, r, f)
	}
	r.Inferred = r.Inferred && wait > 0
	r.NoneSeenBy[f.Source.Observer()] = true
}

func (t *Tracker) openProxy(key string, f alert.Fact, wait time.Duration) *Record {
	r := t.open(key, f, t.health.PlannedOnly(key))
	r.NoneSeenBy = map[string]bool{}
	if !r.Planned {
		r.Severity = alert.Emergency
	}
	r.Counts = Counts{Said: true, Total: t.health.Away(key)}
	t.Proxies[key] = r.ID
	t.joinServers(key, r)
	r.Inferred = wait > 0
	t.begin(r, f, wait)
	return r
}

// relapse takes that a proxy lost its servers again before all of them were back.
func (t *Tracker) relapse(key string, r *Record, f alert.Fact, wait time.Duration) {
	if !r.Flapping || r.CalmSince.IsZero() {
		r.Flaps++
	}
	switch {
	case r.Flapping && !r.CalmSince.IsZero():
		t.failsAgain(r, f)
	case r.Flapping:
	default:
		s := t.stepOf(Relapsed, r, f)
		s.Wait = wait
		if t.Audience.Step(s) {
			t.joinServers(key, r)
		}
	}
}

// joinServers makes the proxy's servers whose own notice still waits parts of its
// incident.
func (t *Tracker) joinServers(key string, parent *Record) {
	var lines []alert.Line
	for _, server := range t.health.Keys(key) {
		for _, id := range t.Servers[server].ids() {
			if r := t.Records[id]; r != nil && r.Parent == "" && r.CalmSince.IsZero() &&
				t.Audience.Unheard(id) && t.Audience.Covers(parent, r, parent.LastSeen) {
				t.join(parent, r)
				lines = append(lines, r.Lines...)
				parent.Reason = cmp.Or(parent.Reason, r.Reason)
			}
		}
	}
	parent.Lines, parent.Cut = Newest(append(lines, parent.Lines...), parent.Cut)
}

// backInService ends "no server left" for the observer whose line shows a usable
// server; when the last observer and the last server that is a part of it are back, the
// incident closes.
func (t *Tracker) backInService(key string, f alert.Fact) []alert.Incident {
	if t.Proxies[key] == "" {
		return nil
	}
	r := t.Records[t.Proxies[key]]
	wasNone := len(r.NoneSeenBy) > 0
	if wasNone && (usable(f.Event) || r.Inferred && f.Event.Kind == parse.ServerUp) {
		delete(r.NoneSeenBy, f.Source.Observer())
		t.add(r, f)
	}
	switch {
	case len(r.NoneSeenBy) > 0:
		return nil
	case slices.ContainsFunc(t.Members(r), func(m *Record) bool { return m.Proxy == r.Proxy }):
		if wasNone {
			t.step(PartlyUp, r, f)
		}
		return nil
	}
	if !wasNone {
		t.add(r, f) // what ends it is told, too
	}
	return t.end(r.ID, health.Up, f)
}

// usable reports whether the line shows that the proxy has a server again. A
// server can be "UP" with a weight of 0, so counts, where said, decide.
func usable(ev parse.Event) bool {
	if c, said := CountsOf(ev); said {
		return c.Any()
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

// Empty returns the keys of the proxies that have no server available, sorted. An
// open incident of a proxy may already be on the mend.
func (t *Tracker) Empty() []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(t.Proxies)) {
		if r := t.Records[t.Proxies[key]]; r != nil && len(r.NoneSeenBy) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

// NotUp lists the servers that are not up of the proxy that an incident is about, the
// failed ones first; nil for an incident of a server.
func (t *Tracker) NotUp(r *Record) []alert.ServerNote {
	if r.Server != "" {
		return nil
	}
	var notes []alert.ServerNote
	keys := t.health.Keys(r.Key)
	for _, want := range [...]bool{true, false} {
		for _, key := range keys {
			sv := t.health.Servers[key]
			if sv.Failed() != want || sv.Worst() == health.Up {
				continue
			}
			note := alert.ServerNote{Key: sv.Proxy + "/" + sv.Server, State: sv.Worst().String()}
			own := t.Servers[key]
			if r := t.Records[cmp.Or(own.Outage, own.Work)]; r != nil {
				note.Reason = r.Why()
			}
			notes = append(notes, note)
		}
	}
	return notes
}
