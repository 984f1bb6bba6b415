package message

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/template"
)

// Composer makes notices of messages. It only reads what it knows.
type Composer struct {
	Policy    alert.Policy
	Incidents *incident.Tracker
	Health    *health.Table
}

// Compose makes the notice of a message, but for its words, and the data for these.
func (c Composer) Compose(m group.Message) (alert.Notice, template.Data) {
	if m.IsDigest() {
		return c.digest(m)
	}
	q := m.Sequences[0]
	it := q.Last()
	n := noticeOf(it, m.Due)
	n.ID, n.First = m.ID, m.First
	n.Parts, n.Unparted = partsOf(m)
	d := c.data(it, n)
	if len(q) > 1 {
		recapOf(q).rewrite(&d, it)
	}
	n.Opened = d.Opened
	return n, d
}

// noticeOf is what one transition tells, but for its words.
func noticeOf(it *group.Item, due time.Time) alert.Notice {
	r := it.Record
	n := alert.Notice{
		Kind: group.NoticeKind(r, it.Kind), Severity: group.NoticeSeverity(r, it.Kind),
		Incident: r.ID, Proxy: r.Proxy, Server: r.Server,
		Time: due, Opened: r.Opened, Observers: slices.Clone(r.Observers),
	}
	switch {
	case it.Kind == group.Recovery:
		n.Closed = r.Closed
	case it.Kind == group.Calm:
		n.Closed = r.CalmSince
	case group.Settles(r, it.Kind):
		n.Closed = r.LatestLine()
	}
	return n
}

// data is what the words of a notice about one transition are made of.
func (c Composer) data(it *group.Item, n alert.Notice) template.Data {
	r := it.Record
	d := template.Data{
		Notice: n, Mark: mark(r, it.Kind), What: what(r, it.Kind), Left: countsOf(it).words(good(r, it.Kind)),
		Lasted: max(0, it.At.Sub(r.Opened)), Failed: r.Failed, Event: r.Event, Lines: r.Lines, Cut: r.Cut,
	}
	switch it.Kind {
	case group.Back:
		if r.Server != "" {
			d.What = c.opinions(r)
		}
	case group.Flapping:
		d.Left = "" // it is of one moment, and says nothing of the next
		d.Lasted = n.Time.Sub(r.Opened)
	case group.Reminder:
		d.Lasted = n.Time.Sub(r.Opened)
		d.After = " for " + alert.Duration(d.Lasted)
	case group.Unknown:
		d.Lasted = n.Time.Sub(r.Opened)
	case group.Recovery:
		d.Lasted = r.Duration(it.At)
		d.After = after(r)
	default:
	}
	if lineTrouble(r) {
		d.After = troubleAfter(r, it.Kind, n.Time)
	}
	if !r.Planned && r.Class == incident.Outage {
		d.Availability = c.Incidents.History.Availability(r.Incident, alert.Later(it.At, r.Opened))
	}
	d.Empty = it.Counts.Said && !it.Counts.Any()
	d.Servers = it.NotUp
	d.Along = c.members(r)
	d.Notes = append(c.troubleNotes(r, it.Kind), notes(it)...)
	return d
}

// notes are what an operator would have to know HAProxy well to see.
func notes(it *group.Item) []string {
	var notes []string
	r := it.Record
	if r.IsProxy() && it.Kind.Begins() && len(it.NotUp) == 0 {
		notes = append(notes, "No server of it is known to be down. Look for a weight of 0, or for lines that did not reach us.")
	}
	if r.Server != "" && good(r, it.Kind) && it.Counts.Said && !it.Counts.Any() {
		notes = append(notes, "It is up, but the backend still has no usable server. Look for a weight of 0.")
	}
	switch {
	case r.Class == incident.Gappy && r.Open():
		notes = append(notes, "An alarm may be missing with them: that a server went down, or that it is up again.")
	case r.Class == incident.Gappy:
		notes = append(notes, "What was missed: "+r.Reason+".")
	}
	if it.Held {
		notes = append(notes, "A silence kept this back until now.")
	}
	if r.AfterReload && it.Kind.Begins() {
		notes = append(notes, "Found within moments of a start or reload of HAProxy: it may have been so before.")
	}
	return notes
}

// members lists the servers that are parts of the incident and that a list of the proxy's
// own servers does not have.
func (c Composer) members(r *incident.Record) []alert.ServerNote {
	var notes []alert.ServerNote
	for _, m := range c.Incidents.Members(r) {
		if r.Server != "" || m.Proxy != r.Proxy {
			state := health.Down
			if sv := c.Health.Servers[m.Key]; sv != nil {
				state = sv.Worst()
			}
			notes = append(notes, alert.ServerNote{Key: m.Name(), State: state.String(), Reason: m.Why()})
		}
	}
	return notes
}
