package alert

import (
	"slices"
	"time"
)

// digest tells many transitions of one sort in one notice: a storm is one event to
// the people it wakes.
func (s *State) digest(b bundle, before []bundle) Notice {
	first := s.Pending[b.parts[0]]
	lead := s.Incidents[first.Incident]
	n := Notice{
		ID: s.digestID(b), Kind: Digest, Severity: Normal, Time: b.due, Opened: lead.Opened,
		Proxy: lead.Proxy,
	}
	n.Incident, n.First = n.ID, n.ID
	sc := Scene{Mark: lead.mark(first.Step), Digest: len(b.parts)}
	for _, p := range b.parts {
		t := s.Pending[p]
		i := s.Incidents[t.Incident]
		n.Severity = min(n.Severity, i.noticeSeverity(t.Step))
		n.Opened = earlier(n.Opened, i.Opened)
		n.Closed = later(n.Closed, closedAt(i, t))
		n.Observers = union(n.Observers, i.Observers)
		if i.Proxy != n.Proxy {
			n.Proxy = ""
		}
		if t.Step == recovery && n.First == n.ID {
			n.First = s.firstOf(i, t, before) // most began in one digest
		}
		if len(sc.Servers) < MaxListed {
			sc.Servers = append(sc.Servers, s.inDigest(i, t))
		}
		if len(sc.Lines) < MaxLines {
			sc.Lines = append(sc.Lines, i.Lines[0])
		}
	}
	if !n.Closed.IsZero() {
		sc.Lasted = n.Closed.Sub(n.Opened)
	}
	sc.Notice = n
	n.Subject, n.Body, n.HTML = s.policy.Words.write(sc)
	return n
}

// digestID hangs on the notices it stands for.
func (s *State) digestID(b bundle) string {
	parts := []any{"digest"}
	for _, p := range b.parts {
		parts = append(parts, s.Pending[p].Notice)
	}
	return shortID(parts...)
}

// inDigest is the incident's line in a digest, with the servers it tells along.
func (s *State) inDigest(i *incident, t transition) ServerNote {
	if t.Step == recovery {
		return ServerNote{Key: incidentName(i), State: i.EndCause + i.after()}
	}
	note := ServerNote{incidentName(i), i.what(t.Step), i.Reason}
	if with := slices.Concat(t.NotUp, s.alongNotes(i)); len(with) > 0 {
		note.Reason = named(with, 0)
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
	if t.Step == recovery {
		return i.Closed
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
