package group

import (
	"slices"
	"strconv"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/route"
)

// Item is a transition that is told, with its incident, and with its conversation as it
// was before.
type Item struct {
	Transition
	Record       *incident.Record
	Conversation Conversation
	place        int // in the flush
}

// Opens reports whether it is the first that people hear of the incident.
func (it *Item) Opens() bool { return opens(it.Transition, it.Conversation) }

// Sequence is what one notice tells of one server or proxy: its transitions that became
// due at once and go to the same people, in their order. The last one says how things
// stand; an outage that is over before anybody was told of it is one notice, not two in
// the same second.
type Sequence []*Item

// First is where the sequence begins.
func (q Sequence) First() *Item { return q[0] }

// Last says how things stand after it.
func (q Sequence) Last() *Item { return q[len(q)-1] }

// Blip reports whether it tells of outages that began and ended in it.
func (q Sequence) Blip() bool { return q.First().Opens() && q.Last().Kind == Recovery }

// sort names the sequences that may share a notice: beginnings of outages, of planned
// work, the ends of either, and those that began and ended. Empty: none may.
func (q Sequence) sort() string {
	last := q.Last()
	r, word := last.Record, "outage"
	switch {
	case r.Class == incident.Limit:
		word = "limit"
	case r.Class != incident.Outage:
		return ""
	}
	if r.Planned {
		word = "work"
	}
	switch {
	case last.Kind == Problem || last.Kind == Relapse:
		return word
	case last.Kind == Recovery && !r.EndedUp():
		return ""
	case last.Kind == Calm && r.CalmSince.IsZero():
		return "still down"
	case q.Blip():
		return word + " over"
	}
	return word + " " + strconv.Itoa(int(last.Kind))
}

// sequences returns the first n transitions as sequences, each a message of its own yet,
// in the order of how each ended.
func (g *Group) sequences(n int, due time.Time) []Message {
	out := make([]Message, 0, n)
	told := map[string][]string{} // by incident: an outage and its end can become due at once
	latest := map[string]int{}    // index in out, by key
	items := make([]Item, n)
	for k, t := range g.Pending[:n] {
		it := &items[k]
		*it = g.item(t)
		it.place = k
		to := it.Conversation.To
		if already, ok := told[t.Incident]; ok {
			to = already
		}
		o := g.route(it, to, due)
		if t.Kind.Begins() {
			told[t.Incident] = o.To
		}
		if at, ok := latest[it.Record.Key]; ok && joins(out[at], it, o) {
			out[at].Sequences[0] = append(out[at].Sequences[0], it)
			continue
		}
		latest[it.Record.Key] = len(out)
		out = append(out, Message{Sequences: []Sequence{{it}}, Due: due, Outcome: o})
	}
	slices.SortFunc(out, Message.compare)
	return out
}

func (g *Group) item(t Transition) Item {
	return Item{Transition: t, Record: g.incidents.Get(t.Incident), Conversation: g.Of(t.Incident)}
}

// joins reports whether a transition is told with the earlier ones of its key: the same
// people hear of it, and both say how things stand with it. That a proxy is back in part
// does not take the place of who went away; an outage and planned work may also go on
// side by side, for two load balancers.
func joins(m Message, it *Item, o route.Outcome) bool {
	q := m.Sequences[0]
	before := q.Last()
	switch {
	case it.Kind == Back && q.First().Opens():
		return false
	case it.Incident != before.Incident && (before.Kind != Recovery || !it.Kind.Begins()):
		return false
	}
	return len(o.To) > 0 && slices.Equal(m.To, o.To) &&
		before.Kind.changes() && (it.Kind.changes() || it.Kind == Flapping)
}

// route decides who is told of a transition; already are the channels that heard of the
// incident. What ends or goes on goes where the beginning went.
func (g *Group) route(it *Item, already []string, due time.Time) route.Outcome {
	r := it.Record
	switch {
	case it.Kind.Ends():
		return g.router.Ending(already)
	case r.Class == incident.HardStop:
		if rule := g.policy.Ignores(r.Event.Kind); rule != "" {
			return route.Outcome{Rule: rule}
		}
	case r.Planned && g.policy.Planned == alert.PlannedSilent:
		return route.Outcome{Rule: `planned = "silent"`}
	}
	if it.Kind == Reminder {
		return g.router.Reminder(subject(r, it.Kind), already, due)
	}
	return g.router.Beginning(subject(r, it.Kind), already, due)
}
