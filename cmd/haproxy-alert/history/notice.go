package history

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// sending is one notice on its way by one channel.
type sending struct{ channel, notice string }

// attempts are how it goes.
type attempts struct {
	decision alert.Decision
	about    bool // about what was asked for
	count    int
}

// decision tells of a notice: who is to hear it, or what keeps it back.
func (q *inquiry) decision(d alert.Decision) {
	q.flapping(d)
	if len(d.Instead) > 0 {
		q.replace(d)
		return
	}
	about := slices.ContainsFunc(toldBy(d), q.about)
	for _, c := range d.Channels {
		s := sending{c, d.Notice.ID}
		if a := q.sending[s]; a == nil || about && !a.about {
			q.sending[s] = &attempts{decision: d, about: about}
		}
	}
	if !about || d.Notice.ID == q.last.Notice.ID && d.Time.Equal(q.last.Time) {
		return
	}
	q.last = d
	r := noticeRow(WhyTold, d)
	r.Channels, r.Along = d.Channels, !q.about(d.Key)
	if d.Rule != "" {
		r.Type, r.Rule = WhyHeld, d.Rule
	}
	q.row(r)
}

// replace has a notice stand for those that are told with it: how it goes is how it goes
// with them. One that is told in place of an outage and its end is worth a row.
func (q *inquiry) replace(d alert.Decision) {
	now := sending{d.Channels[0], d.Notice.ID}
	for _, id := range d.Instead {
		old := sending{d.Channels[0], id}
		if a := q.sending[old]; a != nil && (q.sending[now] == nil || a.about) {
			q.sending[now] = a
		}
		delete(q.sending, old)
	}
	if a := q.sending[now]; a != nil && a.about && d.Notice.Subject != "" {
		a.decision.Notice = d.Notice
		r := noticeRow(WhyTold, d)
		r.Channels = d.Channels
		q.row(r)
	}
}

// flapping notes what is told as flapping: its lines then tell nothing.
func (q *inquiry) flapping(d alert.Decision) {
	switch d.Kind {
	case alert.Flapping:
		for _, key := range toldBy(d) {
			q.quiet[alert.NameOf(key)] = d.Key
		}
	case alert.Calm:
		maps.DeleteFunc(q.quiet, func(_, by string) bool { return by == d.Key })
	default:
	}
}

// toldBy returns the keys of all that a decision tells of, or keeps back.
func toldBy(d alert.Decision) []string { return append([]string{d.Key}, d.Along...) }

func noticeRow(t whyType, d alert.Decision) WhyRow {
	return WhyRow{
		Type: t, Time: d.Time, Key: alert.NameOf(d.Key), Kind: d.Notice.Kind.String(), Severity: d.Notice.Severity.String(),
		Incident: d.Notice.Incident, Notice: d.Notice.ID, Text: d.Notice.Subject,
	}
}

// outcome tells how an attempt to send went.
func (q *inquiry) outcome(f alert.Fact, now time.Time) {
	s := sending{f.Channel, f.Notice}
	a := q.sending[s]
	if a == nil {
		q.Totals.Strays++
		return
	}
	a.count++
	if f.Kind != alert.Failed {
		delete(q.sending, s)
	}
	if !a.about {
		return
	}
	r := noticeRow(outcomes[f.Kind], a.decision)
	r.Time, r.Channel, r.Attempt, r.Error = now, f.Channel, a.count, f.Error
	r.DelayS = now.Sub(a.decision.Time).Seconds()
	q.row(r)
}

// finish tells what is still on its way and what is still to come.
func (q *inquiry) finish() error {
	order := func(a, b sending) int {
		return cmp.Or(q.sending[a].decision.Time.Compare(q.sending[b].decision.Time), strings.Compare(a.channel, b.channel))
	}
	for _, s := range slices.SortedFunc(maps.Keys(q.sending), order) {
		if a := q.sending[s]; a.about {
			r := noticeRow(WhyWaiting, a.decision)
			r.Channel, r.Attempt = s.channel, a.count
			q.row(r)
		}
	}
	for _, d := range q.state.Coming(q.about) {
		r := noticeRow(WhyComing, d)
		r.Rule, r.Along = d.Rule, !q.about(d.Key)
		q.row(r)
	}
	for _, i := range q.state.Open() {
		if q.about(i.Key) {
			q.Totals.Open++
		}
	}
	return q.err
}
