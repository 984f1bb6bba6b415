package group

import (
	"time"

	"haproxy-alert/alert/incident"
)

// Forecast is a message that is still to come, as it looks now.
type Forecast struct {
	Message
	Rule string // what it waits for
}

// Coming returns what is still to be told of the incidents that are wanted, in the order
// in which it may be. A further fact may change or end each.
func (g *Group) Coming(now time.Time, wanted func(*incident.Record) bool) []Forecast {
	var all []Forecast
	for _, t := range g.Pending {
		if r := g.incidents.Get(t.Incident); wanted(r) {
			all = append(all, Forecast{g.single(t, t.Due), g.waitsFor(r, t, now)})
		}
	}
	return all
}

// waitsFor names the rule a transition waits for.
func (g *Group) waitsFor(r *incident.Record, t Transition, now time.Time) string {
	if t.Held {
		if q := g.router.Silenced(subject(r, t.Kind), now); q != nil {
			return "silence " + q.ID
		}
		return "a silence that has ended"
	}
	switch {
	case t.Due.Before(g.Storm.Until):
		return "the storm that goes on"
	case t.Kind == Reminder:
		return "remind"
	case t.Kind == Unknown:
		return "reload_quiet"
	case t.Kind == Calm:
		return "flapping.within"
	case t.Kind == Over && r.Class == incident.EventLoss:
		return "drops"
	case t.Kind == Over:
		return "limit_quiet"
	case t.Kind.Begins() && t.Ready.After(now) && (r.Class == incident.Outage || r.Class.FromSource()):
		return g.holdingRule(r)
	}
	return "group_wait"
}

// holdingRule names the rule by which an outage is not told before a time.
func (g *Group) holdingRule(r *incident.Record) string {
	if g.timing(r).HoldDown > 0 {
		return "hold_down"
	}
	return "reload_grace"
}

// LastHardStop returns until when to wait for the lines of the hard stops that are open;
// zero when there are none.
func (g *Group) LastHardStop() time.Time {
	var at time.Time
	for _, t := range g.Pending {
		if t.Kind == Problem && g.incidents.Get(t.Incident).Class == incident.HardStop && t.Due.After(at) {
			at = t.Due
		}
	}
	return at
}
