package group

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/route"
)

// Message is one notice in the making: a sequence, or many that are told in one.
type Message struct {
	Sequences []Sequence
	// ID is the notice's, First that of the one that opened its conversation.
	ID, First string
	Due       time.Time // of all that are flushed with it
	route.Outcome
}

// IsDigest reports whether it tells of several servers or proxies.
func (m Message) IsDigest() bool { return len(m.Sequences) > 1 }

// Items yields all its transitions, sequence by sequence.
func (m Message) Items() iter.Seq[*Item] {
	return func(yield func(*Item) bool) {
		for _, q := range m.Sequences {
			for _, it := range q {
				if !yield(it) {
					return
				}
			}
		}
	}
}

// compare orders messages by how the first sequence of each ended.
func (m Message) compare(other Message) int {
	return m.Sequences[0].Last().place - other.Sequences[0].Last().place
}

// Next returns when the next transition becomes due, zero when there is none; in a storm
// none is told before that goes on.
func (g *Group) Next() time.Time {
	if len(g.Pending) == 0 {
		return time.Time{}
	}
	return alert.Later(g.next(), g.Storm.Until)
}

// Due returns what is to be told at now, in its order: when one transition is due, all go
// along that are ready by then. That is what group_wait gathers. It only reads.
func (g *Group) Due(now time.Time) []Message {
	due := g.Next()
	if due.IsZero() || due.After(now) {
		return nil
	}
	all := g.digests(g.sequences(g.readyBy(due), due))
	for k := range all {
		all[k].ID, all[k].First = all[k].id(), firstOf(all[k], all[:k])
	}
	return all
}

// digests puts sequences of one sort that go to the same people into one message, where
// there are enough of them.
func (g *Group) digests(sequences []Message) []Message {
	var out []Message
	gathered := map[string]int{} // index in out, by what may be told in one
	latest := map[string]int{}   // index in out, by key: no later sequence of it is told before
	for _, m := range sequences {
		q := m.Sequences[0]
		sort, key := q.sort(), q.Last().Record.Key
		together := sort + "\x00" + m.Rule + "\x00" + strings.Join(m.To, "\x00")
		if at, ok := gathered[together]; ok && sort != "" && at >= latest[key] {
			out[at].Sequences = append(out[at].Sequences, q)
			latest[key] = at
			continue
		}
		gathered[together], latest[key] = len(out), len(out)
		out = append(out, m)
	}
	return g.divide(out)
}

// divide takes messages apart that are too small for a digest.
func (g *Group) divide(all []Message) []Message {
	var out []Message
	for _, m := range all {
		if g.policy.Digest > 0 && m.IsDigest() && m.breadth() >= g.policy.Digest {
			out = append(out, m)
			continue
		}
		for _, q := range m.Sequences {
			out = append(out, Message{Sequences: []Sequence{q}, Due: m.Due, Outcome: m.Outcome})
		}
	}
	slices.SortFunc(out, Message.compare)
	return out
}

// breadth is how many servers and proxies a message tells of, with their members.
func (m Message) breadth() int {
	n := len(m.Sequences)
	for _, q := range m.Sequences {
		n += len(q.Last().Record.Parts)
	}
	return n
}

// single is the message of one transition told by itself.
func (g *Group) single(t Transition, due time.Time) Message {
	it := g.item(t)
	m := Message{Sequences: []Sequence{{&it}}, Due: due}
	m.ID, m.First = m.id(), firstOf(m, nil)
	return m
}

// Flush takes what is told off the schedule.
func (g *Group) Flush(all []Message) {
	n := 0
	for _, m := range all {
		for _, q := range m.Sequences {
			n += len(q)
		}
	}
	for _, t := range g.take(n) {
		g.toldEmpty(t, all[0].Due)
	}
}

// Said takes that an item of a message was told, or kept back, and returns what that
// means for its incident.
func (g *Group) Said(m Message, it *Item, now time.Time) incident.Reached {
	r, c := it.Record, g.of(it.Incident)
	told := len(m.To) > 0
	if told && opens(it.Transition, *c) {
		g.cancel(r.ID, Kind.Begins) // a silence may still hold it
		c.Told, c.To, c.First = true, m.To, m.First
	}
	reached := incident.Reached{ID: r.ID, Due: it.Due}
	switch {
	case Settles(r, it.Kind):
		reached.End = incident.Quiet
		return reached
	case (it.Kind.Begins() || it.Kind == Relapse) && !told && !m.Again.IsZero() && r.Open():
		g.tell(r, it.Kind, it.At, m.Again, m.Again)
		g.get(r.ID, is(it.Kind)).Held = true // so that lifting the silence finds it
	case it.Kind == Calm:
		reached.End = incident.Calm
		return reached
	case it.Kind == Unknown:
		g.cancel(r.ID, is(Reminder))
		reached.End = incident.Unknown
		return reached
	}
	g.remindLater(r, it.Due, now)
	return reached
}

// Ids of notices are made of the numbers of kinds: see alert.Hash.

func noticeID(incident string, k Kind, ordinal int) string {
	return alert.ID("notice", incident, uint8(k), ordinal)
}

// id hangs on the notices that the sequence stands for.
func (q Sequence) id() string {
	if len(q) == 1 {
		return q[0].Notice
	}
	parts := []any{"turn"}
	for _, it := range q {
		parts = append(parts, it.Notice)
	}
	return alert.ID(parts...)
}

// id hangs on the notices that a digest stands for.
func (m Message) id() string {
	if !m.IsDigest() {
		return m.Sequences[0].id()
	}
	parts := []any{"digest"}
	for _, q := range m.Sequences {
		parts = append(parts, q.id())
	}
	return alert.ID(parts...)
}

// firstOf returns the notice that began the conversation the message goes on with: its
// own when it begins one. Before are the messages that are told earlier in the same flush.
func firstOf(m Message, before []Message) string {
	if m.IsDigest() && slices.ContainsFunc(m.Sequences, func(q Sequence) bool { return q.First().Opens() }) {
		return m.id()
	}
	return m.Sequences[0].firstOf(before) // of a digest: most began in one
}

// firstOf is the notice of a digest when that told of the sequence's beginning.
func (q Sequence) firstOf(before []Message) string {
	it := q.First()
	if it.Opens() {
		return q.id()
	}
	for k, m := range before {
		for o := range m.Items() {
			if o.Incident == it.Incident && o.Kind.Begins() {
				return firstOf(m, before[:k])
			}
		}
	}
	return cmp.Or(it.Conversation.First, it.Notice)
}
