package outbox

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// CatchUpAfter is how late what waits for a channel must be before an outage and its end
// are told in one, unless the channel is failing: then they are at once.
const CatchUpAfter = time.Minute

// catchUp tells in one what began and ended while it waited for the channel. The notice
// takes the place of the end, since that is what it tells last: what happened in between
// elsewhere goes out before it, as it happened. What is in flight, or may be, and what
// some recipients have got already stays as it is.
func (o *Outbox) catchUp(channel string, q *Queue) {
	begun := map[string]bool{}
	for k := 0; k < len(q.Waiting); k++ {
		w := q.Waiting[k]
		switch {
		case w.Notice.First == w.Notice.ID && !ends(w.Notice):
			begun[w.Notice.ID] = true
		case ends(w.Notice) && begun[w.Notice.First]:
			k -= o.collapse(channel, q, k)
		}
	}
}

// collapse puts the end at place k together with its beginning, and returns how many
// notices it took out before k.
func (o *Outbox) collapse(channel string, q *Queue, k int) int {
	end := q.Waiting[k]
	chain := q.conversation(end.Notice.First, k)
	if !o.mayJoin(q, chain, end) {
		return 0
	}
	o.channel(channel).Folded += len(chain)
	o.replace(channel, q, append(chain, k), o.pair(q, chain, end), end.Notice.Parts[0].Key)
	return len(chain)
}

// conversation returns the places before k of what belongs to a conversation.
func (q *Queue) conversation(first string, k int) []int {
	var chain []int
	for at, w := range q.Waiting[:k] {
		if w.Notice.First == first {
			chain = append(chain, at)
		}
	}
	return chain
}

// mayJoin reports whether the end tells of no less than all that is in the chain.
func (o *Outbox) mayJoin(q *Queue, chain []int, end Waiting) bool {
	if len(chain) == 0 || end.Notice.Unparted > 0 || q.Waiting[chain[0]].Notice.ID != end.Notice.First {
		return false
	}
	first := q.Waiting[chain[0]].Notice
	for _, at := range chain {
		w := q.Waiting[at]
		if !o.idle(q, at) || w.Sum != nil || w.Notice.Unparted > 0 || !joins(w.Notice) || !within(w.Notice, end.Notice) {
			return false
		}
	}
	return joins(end.Notice) && within(end.Notice, first)
}

// holds reports whether the notice waits that began a conversation.
func (q *Queue) holds(first string) bool {
	return slices.ContainsFunc(q.Waiting, func(w Waiting) bool { return w.Notice.ID == first })
}

// pair is the notice of the end that also tells of the beginning: it opens and closes
// the conversation.
func (o *Outbox) pair(q *Queue, chain []int, end Waiting) Waiting {
	first := q.Waiting[chain[0]]
	ids := []any{"caught up"}
	for _, at := range chain {
		ids = append(ids, q.Waiting[at].Notice.ID)
	}
	end.render()
	n := end.Notice
	n.ID = alert.ID(append(ids, n.ID)...)
	n.First = n.ID
	if len(n.Parts) == 1 && len(first.Notice.Parts) == 1 { // parts are shared with other channels
		p := n.Parts[0]
		p.Lines = slices.Concat(first.Notice.Parts[0].Lines, p.Lines)
		n.Parts = []alert.Part{p}
	}
	n.Observers = alert.Union(alert.Union(nil, n.Observers), first.Notice.Observers)
	n.Subject = o.pairSubject(n)
	n.Body = "Its beginning could not be told in time: this tells of both.\n\n" + n.Body
	return Waiting{Notice: n, Since: first.since(), Next: first.Next, Paced: first.Paced, Attempts: first.Attempts}
}

// pairSubject is the subject of what is told at its end only.
func (o *Outbox) pairSubject(n alert.Notice) string {
	p := n.Parts[0]
	d := template.Data{Notice: n, Mark: "UP", What: template.WasAway(p), Lasted: p.Closed.Sub(p.Opened)}
	if p.Ended != alert.Up {
		d.Mark = "MAINT"
	}
	if len(n.Parts) > 1 {
		d.Digest, d.What = len(n.Parts), alert.Plural(len(n.Parts), "outage", "outages")+" began and ended"
		if p.Planned {
			d.What = "planned work at " + alert.Plural(len(n.Parts), "place", "places") + " began and ended"
		}
		for _, part := range n.Parts[:min(template.MaxNamed, len(n.Parts))] {
			d.Servers = append(d.Servers, alert.ServerNote{Key: alert.NameOf(part.Key), State: template.WasAway(part)})
		}
	}
	return o.renderer.Subject(d)
}

// idle reports whether what waits at a place is surely not in flight and has reached
// nobody: only the first is ever on its way, and that not before a fact has come that is
// as late as its Next.
func (o *Outbox) idle(q *Queue, k int) bool {
	w := q.Waiting[k]
	return len(w.Done) == 0 && (k > 0 || w.Next.After(o.Now))
}

// late reports whether the channel has something to catch up on.
func (o *Outbox) late(channel string, q *Queue) bool {
	return !o.channel(channel).Failing.IsZero() || o.Now.Sub(q.Waiting[0].since()) >= CatchUpAfter
}
