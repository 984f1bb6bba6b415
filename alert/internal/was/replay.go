package was

import (
	"slices"
	"time"
)

// Replay folds old lines through State as the loop does, with the lines' own clock
// and channels that take every notice at once.
type Replay struct {
	// Policy is the operator's. Without channels, one named "replay" hears all.
	Policy Policy
	// Told is called with each decision at the moment it becomes due: the notice and
	// who hears it, or the rule that keeps it back.
	Told func(Decision)
	// Ended is called for each incident as it closes.
	Ended func(Incident)

	state *State
	last  string // the notice Told heard of last: a digest has a decision for each part
}

// Observe takes one health line. Lines come in the order of the log; one whose
// time lies before its predecessor's counts as of the same time.
func (r *Replay) Observe(f Fact) {
	f.Kind = Observed
	if f.Time.IsZero() {
		f.Time = f.At
	}
	r.take(f)
}

// Operate takes an operator's command, as of its Time.
func (r *Replay) Operate(f Fact) {
	f.Kind = Operator
	r.take(f)
}

func (r *Replay) take(f Fact) {
	s := r.open()
	r.tellUntil(f.Time)
	r.apply(f)
	r.tellUntil(s.Clock())
}

// Finish tells what was still gathering when the log ended and returns the incidents
// left open. What would be told later, such as an outage held down or a reminder, is
// not: nobody knows whether its time ever came.
func (r *Replay) Finish() []Incident {
	s := r.open()
	end := s.Clock().Add(max(r.Policy.GroupWait, r.Policy.ReloadGrace, EmptiedWait) + aMoment)
	r.tellUntil(later(end, s.lastHardStop()))
	r.tellUntil(s.Settled(end))
	return s.Open()
}

// aMoment covers the nanoseconds by which facts of one moment move the clock on: what is
// due just at the end is told whichever way it was reached.
const aMoment = 500 * time.Microsecond

func (r *Replay) open() *State {
	if r.state == nil {
		if len(r.Policy.Channels) == 0 {
			r.Policy.Channels = []Channel{{Name: "replay"}}
		}
		r.state = NewState(r.Policy)
		r.state.Trace(r.hear)
	}
	return r.state
}

func (r *Replay) hear(d Decision) {
	if d.Notice.ID != r.last && len(d.Instead) == 0 {
		r.last = d.Notice.ID
		r.Told(d)
	}
}

// tellUntil delivers all that becomes due up to the given time, each at its own
// moment.
func (r *Replay) tellUntil(end time.Time) {
	now := r.state.Clock()
	for {
		plan := r.state.Due(now, nil)
		due := slices.Concat(plan.Send, plan.GiveUp)
		for _, d := range due {
			r.apply(Fact{Kind: Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID})
		}
		if plan.Idle {
			r.apply(Fact{Kind: Operator, Time: now})
		}
		if len(due) > 0 || plan.Idle {
			continue
		}
		if plan.Next.IsZero() || plan.Next.After(end) {
			return
		}
		now = plan.Next
	}
}

func (r *Replay) apply(f Fact) {
	for _, i := range r.state.Apply(f) {
		r.Ended(i)
	}
}
