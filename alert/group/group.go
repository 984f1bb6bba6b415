package group

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/route"
)

// Group is what is still to be told, and what has been.
type Group struct {
	Schedule
	Conversations map[string]*Conversation `json:",omitempty"` // by incident
	Storm         Storm
	LastUrgent    time.Time // when a proxy without servers last went out at once
	Suppressed    int       // notices that a rule kept back

	// Dropped, when not nil, hears of a beginning that is dropped because its incident was
	// over before it might be told, and of the rule that held it.
	Dropped func(m Message, rule string) `json:"-"`

	policy    alert.Policy
	health    *health.Table
	incidents *incident.Tracker
	router    *route.Router
}

// Conversation is what people have been told of an incident.
type Conversation struct {
	// Told says that its own first notice went out, to the channels To; First is that
	// notice's id, or that of the outage whose conversation this one carries on.
	Told  bool     `json:",omitempty"`
	To    []string `json:",omitempty"`
	First string   `json:",omitempty"`
	// Steps counts the transitions so far and makes their notices' ids differ.
	Steps int
	// WasMember says that it was once told by a parent, so its end needs no telling.
	WasMember bool `json:",omitempty"`
	// RelapseDropped says that a relapse was over before the silence that held it: people
	// take it for partly up.
	RelapseDropped bool `json:",omitempty"`
}

// Configure gives the group, new or out of a checkpoint, what it goes by.
func (g *Group) Configure(policy alert.Policy, table *health.Table, incidents *incident.Tracker, router *route.Router) {
	g.policy, g.health, g.incidents, g.router = policy, table, incidents, router
	if g.Conversations == nil {
		g.Conversations = map[string]*Conversation{}
	}
	g.index()
}

// of returns the conversation about an incident.
func (g *Group) of(id string) *Conversation {
	c := g.Conversations[id]
	if c == nil {
		c = &Conversation{}
		g.Conversations[id] = c
	}
	return c
}

// Of returns what has been told of an incident.
func (g *Group) Of(id string) Conversation {
	if c := g.Conversations[id]; c != nil {
		return *c
	}
	return Conversation{}
}

// Forget drops the conversation about an incident of which nothing is left to tell.
func (g *Group) Forget(id string) { delete(g.Conversations, id) }

// Waits reports whether something about an incident is still to be told.
func (g *Group) Waits(id string) bool { return g.has(id) }

// Unheard reports whether the beginning of an incident is still to be told.
func (g *Group) Unheard(id string) bool { return g.beginning(id) != nil }

// Covers reports whether all who are to be told of the child hear of it when the parent's
// notice tells of it.
func (g *Group) Covers(parent, child *incident.Record, at time.Time) bool {
	return g.router.Covers(subject(parent, Problem), subject(child, Problem), at)
}

func (g *Group) timing(r *incident.Record) alert.Timing { return g.router.Timing(subject(r, Problem)) }

func (g *Group) beginning(id string) *Transition { return g.get(id, Kind.Begins) }

// tell schedules a transition, not before what tells that the incident is there; but what
// goes quiet while a silence holds it is told to nobody.
func (g *Group) tell(r *incident.Record, k Kind, at, ready, due time.Time) {
	if begun := g.beginning(r.ID); begun != nil && k != Over {
		ready, due = alert.Later(ready, begun.Ready), alert.Later(due, begun.Ready)
	}
	c := g.of(r.ID)
	t := Transition{Incident: r.ID, Kind: k, Notice: noticeID(r.ID, k, c.Steps), At: at, Ready: ready, Due: due}
	t.Counts, t.NotUp = r.Counts, g.incidents.NotUp(r)
	c.Steps++
	if c.First == "" && k.Begins() {
		c.First = t.Notice
	}
	g.add(t)
}

// retell has a transition wait until another time.
func (g *Group) retell(t Transition, ready, due time.Time) {
	g.cancel(t.Incident, is(t.Kind))
	t.Ready, t.Due = ready, due
	g.add(t)
}

// Lift tells at once what a silence held back, after one was lifted.
func (g *Group) Lift(at time.Time) {
	for _, t := range slices.Clone(g.Pending) {
		if t.Held && t.Ready.After(at) {
			g.retell(t, at, at)
		}
	}
}

// opens reports whether the transition is the first that people hear of an incident: its
// beginning, or a relapse when a silence kept the beginning back.
func opens(t Transition, c Conversation) bool {
	return t.Kind.Begins() || t.Kind == Relapse && !c.Told
}

// empties reports whether the transition tells that a proxy has no server left.
func empties(r *incident.Record, k Kind) bool {
	return r.IsProxy() && (k == Problem || k == Relapse || k == Flapping)
}
