package group

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
)

// OpinionWait is how long load balancers may differ about the end of an outage before
// people are told that they do.
const OpinionWait = 30 * time.Second

// Step takes a step of an incident, and schedules or cancels what is told of it. What it
// answers is said at incident.Audience.
func (g *Group) Step(s incident.Step) bool {
	r := s.Record
	switch s.Kind {
	case incident.Opened:
		g.opened(s)
	case incident.Joined:
		g.joined(s)
	case incident.Parted:
		// HAProxy says that it is up in the same moment, if it is: not told before.
		ready := s.Time.Add(g.timing(r).GroupWait)
		g.tell(r, Problem, s.At, ready, ready)
	case incident.TookOver:
		return g.tookOver(s)
	case incident.Relapsed:
		return g.relapsed(s)
	case incident.PartlyUp:
		g.partlyUp(s)
	case incident.Confirmed:
		g.confirmed(s)
	case incident.SeenDown, incident.SeenUp, incident.SeenAgain, incident.StillDown:
		g.seen(s)
	case incident.Changed:
		g.tellUnless(s, Calm, g.timing(r).GroupWait) // what flapped with it calms with it
	case incident.Again:
		g.tellUnless(s, Over, g.timing(r).GroupWait) // what was told with it ends with it
	case incident.Doubted:
		g.tellUnless(s, Unknown, 0)
	case incident.Certain:
		g.cancel(r.ID, is(Unknown))
	case incident.Calmed:
		g.remindLater(r, s.Time, s.Time)
	case incident.Settled:
		g.cancel(r.ID, is(Reminder))
		if begun := g.beginning(r.ID); begun != nil {
			g.overBeforeTold(r, begun, s.Time) // a silence held it all the time
		}
	case incident.Closed:
		return g.closed(s)
	case incident.Expired:
		g.cancel(r.ID, anyKind)
		g.Forget(r.ID)
	}
	return false
}

// opened schedules the beginning. Troubles have no hold_down; that of a source is told at
// once, and a hard stop not along with others, for its lines are not all here.
func (g *Group) opened(s incident.Step) {
	wait := g.timing(s.Record).GroupWait
	switch s.Class {
	case incident.Outage:
		g.outageOpened(s)
	case incident.Limit:
		g.tell(s.Record, Problem, s.At, s.Time, s.Time.Add(wait))
	case incident.EventLoss:
		g.tell(s.Record, Blind, s.At, s.Time, s.Time.Add(wait))
	case incident.HardStop:
		at := s.Time.Add(max(s.Wait, wait))
		g.tell(s.Record, Problem, s.At, at, at)
	case incident.Silent, incident.Lossy, incident.Gappy:
		g.tell(s.Record, Blind, s.At, s.Time, s.Time)
	}
}

// outageOpened schedules what tells that an outage, or planned work, is there: gathering
// for a while, held back while hold_down or a reload ask for it.
func (g *Group) outageOpened(s incident.Step) {
	r, timing := s.Record, g.timing(s.Record)
	gather := timing.GroupWait
	if r.Server == "" {
		gather = g.urgent(r, s.Time, s.Wait)
	}
	kind := Problem
	if r.Flapping {
		kind = Flapping
	}
	ready := s.Time
	if !r.Planned {
		ready = ready.Add(timing.HoldDown)
	}
	due := ready.Add(gather)
	if s.Grace.After(due) {
		ready, due = s.Grace, s.Grace
	}
	g.catchGraced(r, ready, due)
	g.tell(r, kind, s.At, ready, due)
}

// catchGraced has an outage, or work, that is over and that a reload still holds back
// told with the next one of its key: told later it would read as if that were over. Only
// of a key that was away lately can there be such a one, and a storm is no time to look.
func (g *Group) catchGraced(next *incident.Record, ready, due time.Time) {
	if !next.Planned && !g.incidents.History.Knows(next.Key) {
		return
	}
	grace := g.health.LatestGrace()
	if !grace.After(ready) {
		return
	}
	for _, t := range slices.Clone(g.Pending[g.readyBy(ready):g.readyBy(grace)]) {
		r := g.incidents.Get(t.Incident)
		if r.Key == next.Key && r.Planned == next.Planned && (t.Kind == Problem || t.Kind == Recovery) {
			g.retell(t, ready, due)
		}
	}
}

// joined cancels what would have told of the incident by itself; the parent's notice,
// which still gathers, tells who joined.
func (g *Group) joined(s incident.Step) {
	g.cancel(s.ID, anyKind)
	for _, m := range s.Members {
		c := g.of(m.ID)
		c.WasMember, c.First = true, ""
	}
	if t := g.beginning(s.Parent.ID); t != nil {
		t.NotUp = g.incidents.NotUp(s.Parent)
	}
}

// tookOver has planned work go on with the conversation of the outage whose place it
// took, when that has one and is about to tell its end.
func (g *Group) tookOver(s incident.Step) bool {
	outage := g.Of(s.Follows)
	if !outage.Told || g.get(s.Follows, is(Recovery)) == nil {
		return false
	}
	g.cancel(s.ID, anyKind)
	c := g.of(s.ID)
	c.First, c.Told, c.To = outage.First, true, outage.To
	return true
}

// relapsed tells that a proxy lost its servers again, unless nobody heard that it had
// come back.
func (g *Group) relapsed(s incident.Step) bool {
	c := g.of(s.ID)
	if g.cancel(s.ID, is(Back)) && !c.RelapseDropped {
		return false
	}
	c.RelapseDropped = false
	g.tell(s.Record, Relapse, s.At, s.Time, s.Time.Add(g.urgent(s.Record, s.Time, s.Wait)))
	return true
}

// partlyUp tells that a proxy has a first server again. A process that has just begun
// takes its servers for up until it has checked them: its counts are no sign of life
// until the grace is over.
func (g *Group) partlyUp(s incident.Step) {
	g.dropHeldRelapse(s.ID)
	if s.Flapping {
		return
	}
	ready := alert.Later(s.Time, s.Grace)
	g.tell(s.Record, Back, s.At, ready, ready.Add(g.timing(s.Record).GroupWait))
}

// dropHeldRelapse drops a relapse that a silence still holds: it is over.
func (g *Group) dropHeldRelapse(id string) {
	if t := g.get(id, is(Relapse)); t != nil && t.Held {
		g.cancel(id, is(Relapse))
		g.of(id).RelapseDropped = true
	}
}

// confirmed ends the wait for HAProxy's own sentence.
func (g *Group) confirmed(s incident.Step) {
	for _, k := range [...]Kind{Problem, Relapse} {
		t := g.get(s.ID, is(k))
		if t != nil && t.Due.Sub(s.Time) <= incident.SentenceWait {
			held := t.Due.Before(g.Storm.Until)
			t.Due = alert.Later(t.Ready, s.Time)
			if !held {
				g.Storm.Until = alert.Earlier(g.Storm.Until, t.Due)
			}
			g.hastened()
		}
	}
}

// seen tells that load balancers differ, or that one sees again what is known.
func (g *Group) seen(s incident.Step) {
	plain := g.Of(s.ID).Told && !s.Planned && !s.Flapping
	wait := g.timing(s.Record).GroupWait
	switch {
	case s.Kind == incident.SeenDown:
		g.cancel(s.ID, is(Back))
	case !plain:
	case s.Kind == incident.SeenUp:
		g.tellAnew(s, Back, OpinionWait)
	case s.Kind == incident.SeenAgain:
		g.tellAnew(s, Relapse, wait)
	case s.Kind == incident.StillDown: // reloads that follow each other tell nothing
		g.tellAnew(s, Reminder, wait)
	}
}

// tellAnew tells a transition in place of the one of its kind that may still wait.
func (g *Group) tellAnew(s incident.Step, k Kind, wait time.Duration) {
	g.cancel(s.ID, is(k))
	g.tell(s.Record, k, s.At, s.Time, s.Time.Add(wait))
}

// tellUnless tells a transition after the step's wait, unless a further step comes; with
// no wait, never.
func (g *Group) tellUnless(s incident.Step, k Kind, gather time.Duration) {
	g.cancel(s.ID, is(k))
	if s.Wait > 0 || k == Calm {
		at := s.Time.Add(s.Wait)
		g.tell(s.Record, k, s.At, at, at.Add(gather))
	}
}

// closed schedules the end of an incident, or cancels its beginning: people who heard
// nothing of it hear nothing of its end. It reports whether something is left to tell.
func (g *Group) closed(s incident.Step) bool {
	for _, k := range [...]Kind{Reminder, Unknown, Back} {
		g.cancel(s.ID, is(k))
	}
	g.dropHeldRelapse(s.ID)
	c, begun := g.Of(s.ID), g.beginning(s.ID)
	switch {
	case c.Told:
		g.tellEnd(s)
	case c.WasMember:
		g.cancel(s.ID, anyKind)
	case begun != nil && begun.Ready.After(s.Time) && s.Grace.IsZero() && !s.Class.FromSource():
		g.overBeforeTold(s.Record, begun, s.Time)
	case begun != nil:
		g.tellEnd(s)
	}
	if !g.has(s.ID) {
		g.Forget(s.ID)
		return false
	}
	return true
}

// tellEnd tells that the incident is over.
func (g *Group) tellEnd(s incident.Step) {
	g.tell(s.Record, Recovery, s.At, s.Time, s.Time.Add(g.timing(s.Record).GroupWait))
	if !s.SaidCounts { // those of its beginning say nothing now
		g.get(s.ID, is(Recovery)).Counts = incident.Counts{}
	}
}

// overBeforeTold drops what would have told of an incident that was over before it might
// be told. A silence has left its trace already, hold_down leaves it now.
func (g *Group) overBeforeTold(r *incident.Record, begun *Transition, now time.Time) {
	if !begun.Held {
		g.Suppressed++
		if g.Dropped != nil {
			g.Dropped(g.single(*begun, now), g.holdingRule(r))
		}
	}
	g.cancel(r.ID, anyKind)
}

// remindLater schedules the next reminder of an outage that goes on and was told at due.
// After a long sleep there is one, not one for each that was missed.
func (g *Group) remindLater(r *incident.Record, due, now time.Time) {
	every := g.timing(r).Remind
	if every <= 0 || !r.Open() || !g.Of(r.ID).Told || r.Planned || r.Flapping || r.Unknown || g.get(r.ID, is(Reminder)) != nil {
		return
	}
	next := due.Add(every)
	for !next.After(now) {
		next = next.Add(every)
	}
	g.tell(r, Reminder, r.Opened, next, next)
}
