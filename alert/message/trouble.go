package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/incident"
)

// lineTrouble reports whether the incident is one that lines of HAProxy opened and that
// is about no server.
func lineTrouble(r *incident.Record) bool {
	return r.Class != incident.Outage && !r.Class.FromSource()
}

// troubleMark is the word for a trouble that lines opened.
func troubleMark(r *incident.Record, k group.Kind) string {
	switch {
	case k == group.Over:
		return "QUIET"
	case r.Class == incident.HardStop:
		return "HARD STOP"
	case r.Class == incident.EventLoss:
		return "BLIND"
	case k == group.Reminder:
		return "STILL AT LIMIT"
	}
	return "LIMIT"
}

// troubleWhat says in a few words what a transition tells of a trouble.
func troubleWhat(r *incident.Record, k group.Kind) string {
	goesOn := k == group.Blind || k == group.Reminder
	switch {
	case r.Class == incident.Limit:
		return limitWhat(r, k)
	case r.Class == incident.EventLoss:
		return lossWhat(r, k)
	case r.Class == incident.Gappy && !goesOn:
		return "read without a gap again, " + alert.Plural(r.Lost, "gap", "gaps") + " in all"
	case r.Class == incident.Lossy && goesOn:
		return "lines are lost here, " + r.Reason + ": raise read_buffer and net.core.rmem_max"
	case r.Class == incident.Lossy:
		return "loses no more, " + r.Reason
	case r.Class == incident.Silent && k == group.Blind:
		return "nothing heard of it: whatever happens there is not seen"
	case r.Class == incident.Silent && k == group.Reminder:
		return "still nothing heard of it"
	case r.Class == incident.Silent:
		return "heard again"
	}
	return r.Reason // of a hard stop, and of a log file with gaps
}

func limitWhat(r *incident.Record, k group.Kind) string {
	l := incident.LimitOf(r.Event)
	switch {
	case k == group.Over:
		return l.Words + " not reported any more"
	case k == group.Reminder:
		return l.Words
	case !strings.HasSuffix(l.Words, "limit"):
		_, fault, _ := strings.Cut(r.Lines[0].Text, l.Words+": ") // of row P21c
		return l.Words + ": " + cmp.Or(fault, l.Look)
	case r.Event.Count.Said:
		return fmt.Sprintf("%s reached at %d: %s", l.Words, r.Event.Count.Value, l.Look)
	}
	return l.Words + " reached: " + l.Look
}

func lossWhat(r *incident.Record, k group.Kind) string {
	events := alert.Plural(r.Lost, "event", "events")
	switch k {
	case group.Over:
		return "loses no more, " + events + " in all"
	case group.Reminder:
		return events + " lost so far, and still losing"
	default:
		return r.Reason + " before they reached us: alarms may be missing"
	}
}

// troubleNotes say what to look at, and what nobody will say.
func (c Composer) troubleNotes(r *incident.Record, k group.Kind) []string {
	switch {
	case r.Class == incident.Limit && k != group.Over:
		notes := []string{incident.LimitOf(r.Event).Note}
		if quiet := c.Policy.LimitQuiet; quiet > 0 {
			notes = append(notes, "No line of HAProxy says that a limit is over: it counts as over when none came for "+
				alert.Duration(quiet)+" (limit_quiet).")
		}
		return notes
	case r.Class == incident.EventLoss && k != group.Over:
		return []string{
			"What is known of its servers may be stale until HAProxy's next line about each: one may be down and nobody was told, or up again. " +
				"Compare with its statistics page.",
			"Its ring was full: make the ring larger (size), or see why what reads it, or the way there, is slow.",
		}
	case r.Class == incident.HardStop:
		return []string{"It had not ended by itself within hard-stop-after of a reload or stop; what its connections were doing was cut short."}
	}
	return nil
}

// troubleAfter says how long the lines came, at their end and in a reminder.
func troubleAfter(r *incident.Record, k group.Kind, now time.Time) string {
	switch lasts := r.LatestLine().Sub(r.Opened); {
	case k == group.Over && lasts >= time.Second:
		return " after " + alert.Duration(lasts)
	case k == group.Reminder:
		return " for " + alert.Duration(now.Sub(r.Opened)) + ", last said " + alert.Lasted(now.Sub(r.LatestLine())) + " ago"
	}
	return ""
}
