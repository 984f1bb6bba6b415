package was

import (
	"slices"
	"time"
)

// digest tells many turns of one sort in one notice: a storm is one event to the
// people it wakes.
func (s *State) digest(b bundle, before []bundle) (Notice, *phrase) {
	turns := s.worstFirst(b.turns)
	lead := s.Incidents[s.Pending[b.turns[0].last()].Incident]
	n := Notice{
		ID: s.digestID(b), Kind: Digest, Severity: Normal, Time: b.due, Opened: lead.Opened,
		First: s.firstOfBundle(b, before), Proxy: lead.Proxy,
	}
	n.Incident = n.ID
	n.Parts, n.Unparted = s.parts(b)
	sc := Scene{Mark: lead.mark(s.Pending[b.turns[0].last()].Step), What: s.summary(turns), Digest: len(turns)}
	for _, u := range turns {
		t := s.Pending[u.last()]
		i := s.Incidents[t.Incident]
		n.Severity = min(n.Severity, i.noticeSeverity(t.Step))
		n.Opened = earlier(n.Opened, s.Incidents[s.Pending[u[0]].Incident].Opened)
		n.Closed = later(n.Closed, closedAt(i, t))
		n.Observers = union(n.Observers, i.Observers)
		if i.Proxy != n.Proxy {
			n.Proxy = ""
		}
		if len(sc.Servers) < MaxListed {
			sc.Servers = append(sc.Servers, s.inDigest(u))
		}
		if len(sc.Lines) < MaxLines {
			sc.Lines = append(sc.Lines, i.telling(t.Step))
		}
	}
	if !n.Closed.IsZero() {
		sc.Lasted = n.Closed.Sub(n.Opened)
	}
	sc.Notice = n
	return n, s.phrase(sc)
}

// worstFirst puts proxies before servers: who reads no further than the subject should
// have read of the backends that are gone.
func (s *State) worstFirst(turns []turn) []turn {
	turns = slices.Clone(turns)
	slices.SortStableFunc(turns, func(a, b turn) int {
		return rank(s.Incidents[s.Pending[a.last()].Incident]) - rank(s.Incidents[s.Pending[b.last()].Incident])
	})
	return turns
}

func rank(i *incident) int {
	if i.Server == "" {
		return 0
	}
	return 1
}

// digestID hangs on the notices it stands for.
func (s *State) digestID(b bundle) string {
	parts := []any{"digest"}
	for _, u := range b.turns {
		parts = append(parts, s.noticeID(u))
	}
	return shortID(parts...)
}

// inDigest is the line of a server or proxy in a digest, with what it tells along.
func (s *State) inDigest(u turn) ServerNote {
	t := s.Pending[u.last()]
	i := s.Incidents[t.Incident]
	note := ServerNote{incidentName(i), i.what(t.Step), i.why()}
	switch {
	case i.Matter != service:
		note.Reason = "" // its state says it
	case t.Step == recovery:
		note.State, note.Reason = i.EndCause+i.after(), ""
	}
	if len(u) > 1 {
		sc := Scene{What: i.what(t.Step), After: i.after(), Lasted: i.Duration(t.At)}
		s.story(u).retell(&sc, i, t.Step)
		note.State, note.Reason = sc.What, ""
		if t.Step == recovery {
			note.State += sc.After
		}
	}
	if with := named(slices.Concat(t.NotUp, s.alongNotes(i)), 0, MaxNamed, true); with != "" {
		note.Reason = with
		if i.over(t.Step) {
			note.Reason = "not up: " + with
		}
	}
	return note
}

// incidentName is "proxy/server", or the proxy alone.
func incidentName(i *incident) string {
	if i.Server == "" {
		return i.Proxy
	}
	return i.Proxy + "/" + i.Server
}

func closedAt(i *incident, t transition) time.Time {
	switch {
	case t.Step == recovery:
		return i.Closed
	case i.settles(t.Step):
		return i.latest()
	}
	return time.Time{}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// union adds names to a sorted list.
func union(list, more []string) []string {
	for _, name := range more {
		if k, found := slices.BinarySearch(list, name); !found {
			list = slices.Insert(list, k, name)
		}
	}
	return list
}
