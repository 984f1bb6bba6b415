package message

import (
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/incident"
)

// partsOf returns what a message tells of each incident: the last transition of its
// outage and of its planned work.
func partsOf(m group.Message) (parts []alert.Part, more int) {
	for _, q := range m.Sequences {
		for _, it := range lasts(q) {
			if len(parts) == alert.MaxParts {
				more++
				continue
			}
			p := PartOf(it.Record, it.Kind)
			p.Lines = linesOfAll(q, p.Planned)
			parts = append(parts, p)
		}
	}
	return parts, more
}

// lasts returns the last transition of an outage and the last of planned work.
func lasts(q group.Sequence) []*group.Item {
	first := len(q) - 1
	for k, it := range q {
		if it.Record.Planned != q.Last().Record.Planned {
			first = k
		}
	}
	if first == len(q)-1 {
		return q[first:]
	}
	return []*group.Item{q[first], q.Last()}
}

// linesOfAll returns the lines behind the transitions of an outage, or of planned work.
func linesOfAll(q group.Sequence, planned bool) []string {
	var lines []string
	for _, it := range q {
		if it.Record.Planned == planned {
			lines = append(lines, linesOf(it.Record, it.Kind)...)
		}
	}
	return lines[:min(len(lines), alert.MaxLines)]
}

// linesOf returns the lines behind a transition: of a server the one that says it; of a
// proxy, whose servers have no notice of their own, all that led to it.
func linesOf(r *incident.Record, k group.Kind) []string {
	switch {
	case len(r.Lines) == 0:
		return nil
	case k == group.Recovery || k == group.Back:
		return []string{r.Lines[len(r.Lines)-1].Text}
	case r.Class == incident.Limit && k == group.Problem:
		return []string{r.Lines[0].Text} // the others say the same
	case k != group.Problem && k != group.Relapse:
		return nil
	case r.Server == "":
		var all []string
		for _, l := range r.Lines {
			all = append(all, l.Text)
		}
		return all
	}
	for _, l := range r.Lines {
		if strings.HasPrefix(l.Text, "Server ") || strings.HasPrefix(l.Text, "Backup Server ") {
			return []string{l.Text} // rather than the check before it
		}
	}
	return []string{r.Lines[0].Text}
}

// PartOf is what a transition tells of an incident, but for its lines.
func PartOf(r *incident.Record, k group.Kind) alert.Part {
	p := alert.Part{
		Incident: r.ID, Key: r.Key, Proxy: r.Proxy, Server: r.Server, Kind: group.NoticeKind(r, k), Severity: r.Severity,
		Planned: r.Planned, Opened: r.Opened, Reason: r.Why(),
	}
	switch {
	case k == group.Recovery:
		p.Closed, p.Ended = r.Closed, r.EndCause
	case k == group.Calm:
		p.Closed = r.CalmSince
	case group.Settles(r, k):
		p.Closed, p.Ended = r.LatestLine(), alert.Quiet
	}
	return p
}

// Standing is the part of an open incident as it is known now.
func Standing(r *incident.Record) alert.Part {
	switch {
	case r.Class.FromSource() || r.Class == incident.EventLoss:
		return PartOf(r, group.Blind)
	case r.Flapping:
		return PartOf(r, group.Flapping)
	case r.Unknown:
		return PartOf(r, group.Unknown)
	}
	return PartOf(r, group.Problem)
}
