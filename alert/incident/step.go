package incident

import (
	"time"
)

// Audience hears what happens to incidents, and decides what of it is told. The Tracker
// calls it while it takes a line; it may read the Tracker, but not call it back.
type Audience interface {
	// Step takes one step. Its answer is used for three kinds: of Closed and Expired it
	// says whether something about the incident is still to be told, of Relapsed whether it
	// is news to anybody, of TookOver whether the conversation of the other incident goes on.
	Step(s Step) bool
	// Unheard reports whether the beginning of an incident has not been told yet.
	Unheard(id string) bool
	// Covers reports whether all who are to hear of the child hear of the parent.
	Covers(parent, child *Record, at time.Time) bool
}

// Kind is what happened to an incident.
type Kind uint8

// The kinds of steps.
const (
	Opened    Kind = iota + 1 // it began
	Joined                    // it, with its members, became a part of Parent
	Parted                    // what it was a part of is over, and it goes on
	TookOver                  // planned work took the place of the outage Follows
	SeenDown                  // a load balancer that had seen the server up sees it down
	SeenUp                    // a load balancer that had seen the server down sees it up
	SeenAgain                 // a load balancer sees what another one keeps open
	StillDown                 // a new process says what is known
	PartlyUp                  // a proxy has a first server again
	Relapsed                  // and lost it again
	Confirmed                 // HAProxy's own sentence came after its counts had said so
	Changed                   // it flaps, and went up or down once more
	Again                     // HAProxy reports a limit or a loss once more
	Doubted                   // a reload left open whether it goes on
	Certain                   // a line about it came
	Calmed                    // the flapping is over, the outage is not
	Settled                   // over by a wait that nothing interrupted
	Closed                    // a line ended it
	Expired                   // it had become unknown, and a new outage began
)

// Step is one thing that happened to an incident.
type Step struct {
	*Record
	Kind Kind
	// At is the time of the line, by its own clock; Time is when it was recorded.
	At, Time time.Time
	// Grace is until when what goes down is put down to a reload; zero when there was none
	// of late.
	Grace time.Time
	// Wait is for how long nothing must be heard of it for it to be over (Changed, Again,
	// Doubted; 0: it never is), or how long to wait at the least for HAProxy's own sentence
	// (Opened and Relapsed of a proxy), or to gather its lines (Opened of a hard stop).
	Wait time.Duration
	// SaidCounts says that the line that ended it told how many servers are left.
	SaidCounts bool
	// Parent is what it joined, Members itself and what it brings along.
	Parent  *Record
	Members []*Record
	// Follows is the id of the incident whose place it took.
	Follows string
}

// Reached says that a wait about an incident is over and was told; Due is when it was
// over.
type Reached struct {
	ID  string
	End End
	Due time.Time
}

// End is what the end of a wait means.
type End uint8

// The ends of waits.
const (
	Told    End = iota // none: a notice about it went out
	Calm               // it has not changed for long
	Unknown            // a new process has said nothing of it
	Quiet              // nothing more was said of it; or of a hard stop, it was told
)
