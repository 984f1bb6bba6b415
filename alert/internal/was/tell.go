package was

import (
	"cmp"
	"slices"
	"time"
)

// compose builds the notice of a bundle; before are the bundles that are sealed with it
// and told earlier. It only reads: what is coming can be shown before it is sealed.
func (s *State) compose(b bundle, before []bundle) (Notice, *phrase) {
	if len(b.turns) > 1 {
		return s.digest(b, before)
	}
	u := b.turns[0]
	t := s.Pending[u.last()]
	i := s.Incidents[t.Incident]
	n := s.notice(i, t, b.due)
	n.ID, n.First = s.noticeID(u), s.firstOf(u, before)
	n.Parts, n.Unparted = s.parts(b)
	sc := s.scene(i, t, n)
	if len(u) > 1 {
		s.story(u).retell(&sc, i, t.Step)
	}
	n.Opened = sc.Opened
	return n, s.phrase(sc)
}

// composed is a notice with its words.
func (s *State) composed(b bundle) Notice {
	n, words := s.compose(b, nil)
	words.say(&n)
	return n
}

// noticeID hangs on the notices that the turn stands for.
func (s *State) noticeID(u turn) string {
	if len(u) == 1 {
		return s.Pending[u[0]].Notice
	}
	parts := []any{"turn"}
	for _, k := range u {
		parts = append(parts, s.Pending[k].Notice)
	}
	return shortID(parts...)
}

// firstOf returns the notice that began the conversation the turn goes on with: its own
// when it begins one, a digest's when that told of the beginning.
func (s *State) firstOf(u turn, before []bundle) string {
	t := s.Pending[u[0]]
	if s.opens(t) {
		return s.noticeID(u)
	}
	i := s.Incidents[t.Incident]
	for k, d := range before {
		for _, p := range slices.Concat(d.turns...) {
			if o := s.Pending[p]; o.Incident == i.ID && o.Step.begins() {
				return s.firstOfBundle(d, before[:k])
			}
		}
	}
	return cmp.Or(i.First, t.Notice)
}

func (s *State) firstOfBundle(b bundle, before []bundle) string {
	switch {
	case len(b.turns) == 1:
		return s.firstOf(b.turns[0], before)
	case slices.ContainsFunc(b.turns, func(u turn) bool { return s.opens(s.Pending[u[0]]) }):
		return s.digestID(b)
	}
	return s.firstOf(b.turns[0], before) // most began in one digest
}

// notice builds what one transition tells, but for its words.
func (s *State) notice(i *incident, t transition, due time.Time) Notice {
	n := Notice{
		Kind: i.noticeKind(t.Step), Severity: i.noticeSeverity(t.Step),
		Incident: i.ID, Proxy: i.Proxy, Server: i.Server,
		Time: due, Opened: i.Opened, Observers: slices.Clone(i.Observers),
	}
	switch {
	case t.Step == recovery:
		n.Closed = i.Closed
	case t.Step == calm:
		n.Closed = i.Lull
	case i.settles(t.Step):
		n.Closed = i.latest()
	}
	return n
}

func (i *incident) noticeKind(st step) NoticeKind {
	switch {
	case i.Planned:
		return Planned
	case st == recovery || st == over:
		return Recovery
	case st == problem:
		return Problem
	case st == flapping:
		return Flapping
	case st == blind:
		return Blind
	case st == calm:
		return Calm
	case st == reminder:
		return Reminder
	case st == unknown:
		return Unknown
	}
	return Escalation
}

func (i *incident) noticeSeverity(st step) Severity {
	if st == recovery || st == back || st == over || st == calm && !i.Lull.IsZero() {
		return Normal
	}
	return i.Severity
}
