package group

import (
	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
)

// Kind is what a transition tells of an incident. Its numbers are in the ids of notices
// and in checkpoints: they never change.
type Kind uint8

// The kinds of transitions.
const (
	Problem  Kind = iota + 1 // it began
	Back                     // a proxy has a first server again, or one load balancer sees a server up
	Relapse                  // and lost it again
	Recovery                 // all is well, or became planned work
	Flapping                 // it changes too often to be told each time
	Calm                     // it has stopped changing
	Reminder                 // it is still open
	Unknown                  // a new process has said nothing of it
	Blind                    // nothing at all comes from a load balancer, or not all of it
	Over                     // nothing more is said of what no line takes back
)

// Begins reports whether it is the first that is told of an incident.
func (k Kind) Begins() bool { return k == Problem || k == Flapping || k == Blind }

// Ends reports whether it is told only to those who heard the beginning.
func (k Kind) Ends() bool {
	return k == Recovery || k == Calm || k == Back || k == Unknown || k == Over
}

// changes reports whether it says that something went down or came up.
func (k Kind) changes() bool {
	return k == Problem || k == Recovery || k == Back || k == Relapse
}

// Settles reports whether the incident closes as the transition is told: when nothing
// more was said of it, and a hard stop at once.
func Settles(r *incident.Record, k Kind) bool {
	return k == Over || r.Class == incident.HardStop && k == Problem
}

// NoticeKind is the kind of the notice that tells a transition.
func NoticeKind(r *incident.Record, k Kind) alert.NoticeKind {
	if r.Planned {
		return alert.Planned
	}
	switch k {
	case Recovery, Over:
		return alert.Recovery
	case Problem:
		return alert.Problem
	case Flapping:
		return alert.Flapping
	case Blind:
		return alert.Blind
	case Calm:
		return alert.Calm
	case Reminder:
		return alert.Reminder
	case Unknown:
		return alert.Unknown
	default:
		return alert.Escalation
	}
}

// NoticeSeverity is the severity of the notice that tells a transition.
func NoticeSeverity(r *incident.Record, k Kind) alert.Severity {
	if k == Recovery || k == Back || k == Over || k == Calm && !r.CalmSince.IsZero() {
		return alert.Normal
	}
	return r.Severity
}

// subject is what routes ask of a transition of an incident.
func subject(r *incident.Record, k Kind) alert.Subject {
	return alert.Subject{
		Proxy: r.Proxy, Server: r.Server, Observers: r.Observers, Kind: NoticeKind(r, k), Severity: NoticeSeverity(r, k),
	}
}
