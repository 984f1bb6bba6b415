package alert

import "time"

// Replay folds old lines through State as the loop does, with the lines' own
// clock and a channel that takes every notice at once.
type Replay struct {
	// Policy is the operator's; its channels are replaced by the one below.
	Policy Policy
	// Told is called for each notice at the moment it becomes due.
	Told func(Notice)
	// Ended is called for each incident as it closes.
	Ended func(Incident)

	state *State
}

const replayChannel = "replay"

// Observe takes one health line. Lines come in the order of the log; one whose
// time lies before its predecessor's counts as of the same time.
func (r *Replay) Observe(f Fact) {
	s := r.open()
	f.Kind = Observed
	if f.Time.IsZero() {
		f.Time = f.At
	}
	r.tellUntil(f.Time)
	r.apply(f)
	r.tellUntil(s.Clock())
}

// Finish tells what was still gathering when the log ended and returns the incidents
// left open. What a rule would tell later, such as a reminder, is not told: nobody
// knows whether its time ever came.
func (r *Replay) Finish() []Incident {
	s := r.open()
	for n := s.ready(s.Clock()); n > 0; n = s.ready(s.Clock()) {
		r.tellUntil(s.nextRipe(0))
	}
	return s.Open()
}

func (r *Replay) open() *State {
	if r.state == nil {
		r.Policy.Channels = []Channel{{Name: replayChannel}}
		r.state = NewState(r.Policy)
	}
	return r.state
}

// tellUntil delivers all that becomes due up to the given time, each at its own
// moment.
func (r *Replay) tellUntil(end time.Time) {
	now := r.state.Clock()
	for {
		plan := r.state.Due(now, nil)
		due := append(plan.Send, plan.GiveUp...)
		for _, d := range due {
			r.Told(d.Notice)
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
