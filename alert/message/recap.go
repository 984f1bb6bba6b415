package message

import (
	"slices"
	"strconv"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/template"
)

// recap is what a sequence of several transitions amounts to.
type recap struct {
	known   bool          // people know of an outage that began before
	outages int           // how many began in it
	opened  time.Time     // the first outage that it tells of
	span    time.Duration // from the first moment told to the last
	away    time.Duration // how much of it was outage
	same    bool          // all of it was outage, or all of it planned work
	lines   []alert.Line
}

func recapOf(q group.Sequence) recap {
	first := q.First()
	rc := recap{known: !first.Opens(), same: true, opened: first.Record.Opened}
	var seen []string
	for _, it := range q {
		r := it.Record
		rc.same = rc.same && r.Planned == first.Record.Planned
		if it.Kind.Begins() || it.Kind == group.Relapse {
			rc.outages++
		}
		if !slices.Contains(seen, r.ID) {
			seen = append(seen, r.ID)
			rc.away += r.Duration(it.At)
			rc.lines = append(rc.lines, r.Lines...)
		}
	}
	from := rc.opened
	if rc.known {
		from = first.At
	}
	rc.span = q.Last().At.Sub(from)
	return rc
}

// rewrite changes the words of the sequence's last transition to those of all of it.
func (rc recap) rewrite(d *template.Data, last *group.Item) {
	r := last.Record
	d.Lines, d.Cut = incident.Newest(rc.lines, d.Cut)
	d.Opened = rc.opened
	switch {
	case last.Kind == group.Flapping || last.Kind == group.Back:
	case last.Kind == group.Recovery && !r.EndedUp():
	case last.Kind == group.Recovery && rc.known:
		d.Lasted = max(0, d.Closed.Sub(rc.opened))
		d.After = " after " + alert.Lasted(d.Lasted)
		if rc.outages > 0 {
			d.After += ", " + gone(r) + " " + times(rc.outages) + " more meanwhile"
		}
	case last.Kind == group.Recovery:
		d.What, d.After = rc.wasAway(r), ""
		d.Lasted = rc.away
	default:
		d.What = rc.again(r, d.What)
	}
}

// wasAway says of an outage that is over how long it was, and why.
func (rc recap) wasAway(r *incident.Record) string {
	words := template.WasGone(r.Server, r.Planned) + " for " + alert.Lasted(rc.away)
	if rc.outages > 1 {
		words = template.WasGone(r.Server, r.Planned) + " " + times(rc.outages) + ", " + alert.Lasted(rc.away) + " in all"
	}
	if why := r.Why(); why != "" {
		words += ": " + why
	}
	return words
}

// again says of an outage that goes on that it is not the first of late.
func (rc recap) again(r *incident.Record, what string) string {
	if rc.known && rc.same {
		what = gone(r) + " again: " + what
	}
	if rc.outages > 1 {
		what += ", " + times(rc.outages) + " in " + alert.Lasted(rc.span)
	}
	return what
}

// gone is the word for what it is while the incident is open.
func gone(r *incident.Record) string {
	if r.Planned {
		return "out"
	}
	return "down"
}

// times is "once", "twice", "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}
