package incident

import (
	"maps"
	"slices"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
)

// doubt takes a sign of a reload: each incident that the load balancer has open becomes
// unknown, unless a line about it comes. A backend that heals while HAProxy reloads never
// gets an UP line.
func (t *Tracker) doubt(f alert.Fact) {
	if t.policy.ReloadQuiet <= 0 {
		return
	}
	observer := f.Source.Observer()
	for _, key := range slices.Sorted(maps.Keys(t.health.Servers)) {
		v := t.health.Servers[key].Views[observer]
		if v == nil || v.Status == health.Up {
			continue
		}
		for _, id := range t.Servers[key].ids() {
			t.suspect(id, f)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.Proxies)) {
		if r := t.Records[t.Proxies[key]]; r != nil && r.NoneSeenBy[observer] {
			t.suspect(r.ID, f)
		}
	}
}

func (t *Tracker) suspect(id string, f alert.Fact) {
	r := t.Records[id]
	if r == nil || r.Parent != "" || r.Unknown || r.Flapping {
		return
	}
	s := t.stepOf(Doubted, r, f)
	s.Wait = t.policy.ReloadQuiet
	t.Audience.Step(s)
}

// clear takes back that an incident becomes unknown: a line about it came, from the new
// process or from an old one that is alive after all.
func (t *Tracker) clear(r *Record, f alert.Fact) {
	t.step(Certain, r, f)
	r.Unknown = false
}

// expire ends an incident that had become unknown: a new outage shows that the old one
// was over, though nobody saw its end. That it is unknown was told.
func (t *Tracker) expire(r *Record) {
	r.Closed, r.EndCause = alert.Later(r.UnknownSince, r.Opened), "unknown"
	t.Audience.Step(Step{Record: r, Kind: Expired})
	if r.Server != "" {
		t.health.PresumeUp(r.Key)
	}
	t.takeOff(r)
	for _, m := range t.Members(r) {
		m.Parent = ""
	}
	t.ended = append(t.ended, r.Incident)
	t.Drop(r.ID)
}
