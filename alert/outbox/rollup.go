package outbox

import (
	"fmt"
	"slices"
	"strconv"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// Rollup is what a notice tells that stands for many, because they were more than the
// channel's rate or than may wait for it. Each is named or counted.
type Rollup struct {
	Count int
	Notes []alert.ServerNote // the first alert.MaxListed
	// Lead is the subject of the worst of them, the first of its severity.
	Lead     string
	Severity alert.Severity
}

// merge puts the notice at a place and the one behind it into one, at the place of both.
// Neither may be in flight, or have reached anybody.
func (o *Outbox) merge(channel string, q *Queue, at int) {
	a, b := q.Waiting[at], q.Waiting[at+1]
	a.render()
	b.render()
	w := Waiting{Since: a.since(), Next: a.Next, Paced: a.Paced, Sum: &Rollup{}}
	for _, part := range [...]Waiting{a, b} {
		w.Sum.add(part)
	}
	n := alert.Notice{
		ID: alert.ID("folded", a.Notice.ID, b.Notice.ID), Kind: alert.Digest, Severity: min(a.Notice.Severity, b.Notice.Severity),
		Time: alert.Later(a.Notice.Time, b.Notice.Time), Opened: alert.Earlier(a.Notice.Opened, b.Notice.Opened),
		Observers: alert.Union(alert.Union(nil, a.Notice.Observers), b.Notice.Observers),
		Unparted:  a.Notice.Unparted + b.Notice.Unparted,
	}
	if a.Sum == nil { // its parts are shared with the queues of other channels
		a.Notice.Parts = slices.Clip(a.Notice.Parts)
	}
	n.Parts = append(a.Notice.Parts, b.Notice.Parts...)
	if len(n.Parts) > 2*alert.MaxParts {
		boundParts(&n)
	}
	if a.Notice.Proxy == b.Notice.Proxy {
		n.Proxy = a.Notice.Proxy
	}
	n.Incident, n.First = n.ID, n.ID
	w.Notice = n
	for _, part := range [...]Waiting{a, b} {
		if part.Sum == nil {
			o.channel(channel).Folded++
		}
	}
	o.replace(channel, q, []int{at, at + 1}, w, "")
}

func (m *Rollup) add(w Waiting) {
	notes, count, lead := []alert.ServerNote{noteOf(w.Notice)}, 1, w.Notice.Subject
	if w.Sum != nil {
		notes, count, lead = w.Sum.Notes, w.Sum.Count, w.Sum.Lead
	}
	if m.Lead == "" || w.Notice.Severity < m.Severity {
		m.Lead, m.Severity = lead, w.Notice.Severity
	}
	m.Count += count
	m.Notes = append(m.Notes, notes[:min(len(notes), alert.MaxListed-len(m.Notes))]...)
}

// mergeAll merges all that waits for a channel from which nothing is in flight. A notice
// that some have got already stays by itself, for the others.
func (o *Outbox) mergeAll(channel string, q *Queue) {
	from := min(1, len(q.Waiting[0].Done))
	for len(q.Waiting) > from+1 {
		o.merge(channel, q, from)
	}
}

// andMore ends the subject of a notice that stands for many: it leads with the worst.
const andMore = ", and %d notices more"

// told is the notice as it goes out: it is put in words only now.
func (w Waiting) told(words *template.Renderer) alert.Notice {
	n := w.Notice
	if w.Sum == nil {
		w.words.Put(&n)
		return n
	}
	boundParts(&n)
	d := template.Data{
		Notice: n, Mark: "DIGEST", What: strconv.Itoa(w.Sum.Count) + " notices in one",
		Digest: w.Sum.Count, Servers: w.Sum.Notes,
		Notes: []string{"They were more than this channel's rate, or than may wait for it; they stand in the order of the events."},
	}
	_, n.Body, n.HTML = words.Render(d)
	n.Subject = alert.OneLine(w.Sum.Lead, template.MaxSubject-len(andMore)) + fmt.Sprintf(andMore, w.Sum.Count-1)
	return n
}
