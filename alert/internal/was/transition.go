package was

import "time"

// transition is something to tell about an incident that still gathers what
// belongs to it. Once sealed it is a Notice, or a part of one.
type transition struct {
	Incident string
	Step     step
	Notice   string    // the id its notice will have
	At       time.Time // the line that made it
	// Ready is when it may be told at the earliest: later than its fact when it is
	// held back (hold_down, reload_grace, a silence, a reminder). Due is when it is
	// told at the latest.
	Ready, Due time.Time
	// Counts and NotUp are those of the moment of its line: what comes before it is
	// told has turns of its own.
	Counts counts
	NotUp  []ServerNote `json:",omitempty"`
	// Held says a silence holds it.
	Held bool `json:",omitempty"`
}

// step is which turn of an incident a transition tells.
type step uint8

const (
	problem  step = iota + 1
	back          // a proxy has a first server again, others are still away
	relapse       // and lost it again
	recovery      // all is well, or became planned work
	flapping      // it changes too often to be told each time
	calm          // it has stopped changing
	reminder      // it is still open
	unknown       // a new process has said nothing of it
	blind         // nothing at all comes from a load balancer, or not all of it
	over          // nothing more is said of what no line takes back
)

// begins reports whether the step is the first that is told of an incident.
func (st step) begins() bool { return st == problem || st == flapping || st == blind }

// ends reports whether the step is told only to those who heard the beginning.
func (st step) ends() bool {
	return st == recovery || st == calm || st == back || st == unknown || st == over
}
