package message

import (
	"cmp"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/template"
)

// digest tells many sequences of one sort in one notice: a storm is one event to the
// people it wakes.
func (c Composer) digest(m group.Message) (alert.Notice, template.Data) {
	sequences := worstFirst(m.Sequences)
	lead := m.Sequences[0].Last()
	n := alert.Notice{
		ID: m.ID, Kind: alert.Digest, Severity: alert.Normal, Time: m.Due, Opened: lead.Record.Opened,
		First: m.First, Incident: m.ID, Proxy: lead.Record.Proxy,
	}
	n.Parts, n.Unparted = partsOf(m)
	d := template.Data{Mark: mark(lead.Record, lead.Kind), What: summary(sequences), Digest: len(sequences)}
	for _, q := range sequences {
		it := q.Last()
		r := it.Record
		n.Severity = min(n.Severity, group.NoticeSeverity(r, it.Kind))
		n.Opened = alert.Earlier(n.Opened, q.First().Record.Opened)
		n.Closed = alert.Later(n.Closed, closedAt(it))
		n.Observers = alert.Union(n.Observers, r.Observers)
		if r.Proxy != n.Proxy {
			n.Proxy = ""
		}
		if len(d.Servers) < alert.MaxListed {
			d.Servers = append(d.Servers, c.inDigest(q))
		}
		if len(d.Lines) < alert.MaxLines {
			d.Lines = append(d.Lines, telling(it))
		}
	}
	if !n.Closed.IsZero() {
		d.Lasted = n.Closed.Sub(n.Opened)
	}
	d.Notice = n
	return n, d
}

// worstFirst puts proxies before servers: who reads no further than the subject should
// have read of the backends that are gone.
func worstFirst(sequences []group.Sequence) []group.Sequence {
	sequences = slices.Clone(sequences)
	rank := func(q group.Sequence) int { return min(1, len(q.Last().Record.Server)) }
	slices.SortStableFunc(sequences, func(a, b group.Sequence) int { return rank(a) - rank(b) })
	return sequences
}

// inDigest is the line of a server or proxy in a digest, with its members.
func (c Composer) inDigest(q group.Sequence) alert.ServerNote {
	it := q.Last()
	r := it.Record
	note := alert.ServerNote{Key: r.Name(), State: what(r, it.Kind), Reason: r.Why()}
	switch {
	case lineTrouble(r):
		note.Reason = "" // its state says it
	case it.Kind == group.Recovery:
		note.State, note.Reason = r.EndCause+after(r), ""
	}
	if len(q) > 1 {
		d := template.Data{What: what(r, it.Kind), After: after(r), Lasted: r.Duration(it.At)}
		recapOf(q).rewrite(&d, it)
		note.State, note.Reason = d.What, ""
		if it.Kind == group.Recovery {
			note.State += d.After
		}
	}
	if with := template.Named(slices.Concat(it.NotUp, c.members(r)), 0, template.MaxNamed, true); with != "" {
		note.Reason = with
		if good(r, it.Kind) {
			note.Reason = "not up: " + with
		}
	}
	return note
}

// telling is the line of a transition that a reader wants: what began it, or what ended
// it.
func telling(it *group.Item) alert.Line {
	lines := it.Record.Lines
	if it.Kind.Ends() && it.Kind != group.Unknown {
		return lines[len(lines)-1]
	}
	return lines[0]
}

func closedAt(it *group.Item) time.Time {
	switch {
	case it.Kind == group.Recovery:
		return it.Record.Closed
	case group.Settles(it.Record, it.Kind):
		return it.Record.LatestLine()
	}
	return time.Time{}
}

// summary says how many servers and proxies a digest tells of, and what of them.
func summary(sequences []group.Sequence) string {
	var proxies, servers int
	for _, q := range sequences {
		if q.Last().Record.Server == "" {
			proxies++
		} else {
			servers++
		}
	}
	it := sequences[0].Last()
	if it.Record.Class == incident.Limit {
		return limits(len(sequences), it.Kind)
	}
	if !it.Record.Planned && it.Kind == group.Problem || it.Kind == group.Relapse {
		return counted(proxies, "without a server", servers, "down")
	}
	return counted(proxies, "", servers, each(sequences[0]))
}

// limits says what a digest of limits tells of each.
func limits(n int, k group.Kind) string {
	switch words := alert.Plural(n, "limit", "limits"); k {
	case group.Over:
		return words + " not heard of any more"
	case group.Reminder:
		return words + " still reached"
	default:
		return words + " reached"
	}
}

// each says in a word or two what a digest tells of each.
func each(q group.Sequence) string {
	r, k := q.Last().Record, q.Last().Kind
	switch {
	case q.Blip() && r.Planned:
		return "back in service after a moment"
	case q.Blip():
		return "up again after a moment"
	case k == group.Recovery && r.Planned:
		return "back in service"
	case k == group.Recovery:
		return "up again"
	case k == group.Calm && !r.CalmSince.IsZero():
		return "calm again"
	case k == group.Calm:
		return "no longer flapping, but down"
	case k == group.Flapping:
		return "going up and down"
	case k == group.Reminder:
		return "still down"
	case k == group.Unknown:
		return "unknown since a reload"
	case k == group.Back:
		return "available again, but not whole"
	}
	return "taken out"
}

// counted puts both counts in words; an empty word of proxies shares that of servers.
func counted(proxies int, ofProxies string, servers int, ofServers string) string {
	p := alert.Plural(proxies, "proxy", "proxies")
	v := alert.Plural(servers, "server", "servers") + " " + ofServers
	switch {
	case proxies == 0:
		return v
	case servers == 0:
		return p + " " + cmp.Or(ofProxies, ofServers)
	case ofProxies == "":
		return p + " and " + v
	}
	return p + " " + ofProxies + ", " + v
}
