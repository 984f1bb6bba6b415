package was

import (
	"slices"
	"time"
)

// CatchUpAfter is how late what waits for a channel must be before an outage and its end
// are told in one, unless the channel is failing: then they are at once.
const CatchUpAfter = time.Minute

// catchUp tells in one what began and ended while it waited for the channel. The notice
// takes the place of the end, since that is what it tells last: what happened in between
// elsewhere goes out before it, as it happened. What is in flight, or may be, and what
// some recipients have got already stays as it is.
func (s *State) catchUp(channel string, q *queue) {
	begun := map[string]bool{}
	for k := 0; k < len(q.Waiting); k++ {
		w := q.Waiting[k]
		switch {
		case w.Notice.First == w.Notice.ID && !w.Notice.ends():
			begun[w.Notice.ID] = true
		case w.Notice.ends() && begun[w.Notice.First]:
			k -= s.settleBoth(channel, q, k)
		}
	}
}

// settleBoth puts the end at place k together with its beginning, and returns how many
// notices it took out before k.
func (s *State) settleBoth(channel string, q *queue, k int) int {
	end := q.Waiting[k]
	chain := q.conversation(end.Notice.First, k)
	if !s.mayJoin(q, chain, end) {
		return 0
	}
	both := s.both(q, chain, end)
	for _, at := range chain {
		s.contact(channel).move(q.Waiting[at].Notice.ID, both.Notice.ID)
	}
	s.contact(channel).move(end.Notice.ID, both.Notice.ID)
	s.contact(channel).Folded += len(chain)
	if s.trace != nil {
		d := Decision{Time: s.Now, Key: end.Notice.Parts[0].Key, Kind: both.Notice.Kind, Notice: both.Notice, Channels: []string{channel}}
		for _, at := range append(chain, k) {
			d.Instead = append(d.Instead, q.Waiting[at].Notice.ID)
		}
		s.trace(d)
	}
	q.Waiting[k] = both
	for _, at := range slices.Backward(chain) {
		q.drop(at)
	}
	return len(chain)
}

// conversation returns the places before k of what belongs to a conversation.
func (q *queue) conversation(first string, k int) []int {
	var chain []int
	for at, w := range q.Waiting[:k] {
		if w.Notice.First == first {
			chain = append(chain, at)
		}
	}
	return chain
}

// mayJoin reports whether the end tells of no less than all that is in the chain.
func (s *State) mayJoin(q *queue, chain []int, end waiting) bool {
	if len(chain) == 0 || end.Notice.Unparted > 0 || q.Waiting[chain[0]].Notice.ID != end.Notice.First {
		return false
	}
	first := q.Waiting[chain[0]].Notice
	for _, at := range chain {
		w := q.Waiting[at]
		if !s.loose(q, at) || w.Sum != nil || w.Notice.Unparted > 0 || !w.Notice.joins() || !w.Notice.within(end.Notice) {
			return false
		}
	}
	return end.Notice.joins() && end.Notice.within(first)
}

// joins reports whether the notice says nothing but that something went, is away or came
// back. What flaps, what is not heard, limits and channels have more to say.
func (n Notice) joins() bool {
	switch n.Kind {
	case Problem, Escalation, Recovery, Planned, Reminder, Unknown:
		return !n.isAlarm() && !slices.ContainsFunc(n.Parts, Part.wentQuiet)
	case Digest:
		return !slices.ContainsFunc(n.Parts, func(p Part) bool {
			return p.Kind == Flapping || p.Kind == Calm || p.Kind == Blind || p.wentQuiet()
		})
	default:
		return false
	}
}

// waitsFrom reports whether the beginning of a conversation waits.
func (s *State) waitsFrom(q *queue, first string) bool {
	return slices.ContainsFunc(q.Waiting, func(w waiting) bool { return w.Notice.ID == first })
}

// within reports whether all incidents of a notice are incidents of the other.
func (n Notice) within(other Notice) bool {
	if len(n.Parts) == 1 && len(other.Parts) == 1 {
		return n.Parts[0].Incident == other.Parts[0].Incident
	}
	has := map[string]bool{}
	for _, p := range other.Parts {
		has[p.Incident] = true
	}
	return len(n.Parts) > 0 && !slices.ContainsFunc(n.Parts, func(p Part) bool { return !has[p.Incident] })
}

// ends reports whether the notice says that all it tells of is over.
func (n Notice) ends() bool {
	return len(n.Parts) > 0 && !slices.ContainsFunc(n.Parts, func(p Part) bool { return p.Closed.IsZero() })
}

// both is the notice of the end that also tells of the beginning: it opens and closes
// the conversation.
func (s *State) both(q *queue, chain []int, end waiting) waiting {
	first := q.Waiting[chain[0]]
	ids := []any{"caught up"}
	for _, at := range chain {
		ids = append(ids, q.Waiting[at].Notice.ID)
	}
	end.say()
	n := end.Notice
	n.ID = shortID(append(ids, n.ID)...)
	n.First = n.ID
	if len(n.Parts) == 1 && len(first.Notice.Parts) == 1 { // parts are shared with other channels
		p := n.Parts[0]
		p.Lines = slices.Concat(first.Notice.Parts[0].Lines, p.Lines)
		n.Parts = []Part{p}
	}
	n.Observers = union(union(nil, n.Observers), first.Notice.Observers)
	n.Subject = s.caughtUp(n)
	n.Body = "Its beginning could not be told in time: this tells of both.\n\n" + n.Body
	return waiting{Notice: n, Since: first.since(), Next: first.Next, Paced: first.Paced, Attempts: first.Attempts}
}

// caughtUp is the subject of what is told at its end only.
func (s *State) caughtUp(n Notice) string {
	p := n.Parts[0]
	sc := Scene{Notice: n, Mark: "UP", What: p.wasAway(), Lasted: p.Closed.Sub(p.Opened)}
	if p.Ended != up.word() {
		sc.Mark = "MAINT"
	}
	if len(n.Parts) > 1 {
		sc.Digest, sc.What = len(n.Parts), plural(len(n.Parts), "outage", "outages")+" began and ended"
		if p.Planned {
			sc.What = "planned work at " + plural(len(n.Parts), "place", "places") + " began and ended"
		}
		for _, part := range n.Parts[:min(MaxNamed, len(n.Parts))] {
			sc.Servers = append(sc.Servers, ServerNote{Key: NameOf(part.Key), State: part.wasAway()})
		}
	}
	return s.policy.Words.writeSubject(sc)
}

// wasAway tells of an incident that is over.
func (p Part) wasAway() string {
	what := wasGone(p.Server, p.Planned) + " for " + lasted(p.Closed.Sub(p.Opened))
	if p.Ended == up.word() {
		what += ", recovered"
	} else {
		what += ", now " + p.Ended
	}
	if p.Reason != "" {
		what += ": " + p.Reason
	}
	return what
}

// loose reports whether what waits at a place is surely not in flight and has reached
// nobody: only the first is ever on its way, and that not before a fact has come that is
// as late as its Next.
func (s *State) loose(q *queue, k int) bool {
	w := q.Waiting[k]
	return len(w.Done) == 0 && (k > 0 || w.Next.After(s.Now))
}

// late reports whether the channel has something to catch up on.
func (s *State) late(channel string, q *queue) bool {
	return !s.contact(channel).Failing.IsZero() || s.Now.Sub(q.Waiting[0].since()) >= CatchUpAfter
}
