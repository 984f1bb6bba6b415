package alert

import (
	"slices"
	"time"
)

// queue is what waits for one channel, in the order of the events.
type queue struct {
	Waiting []waiting
}

// waiting is a notice and how its delivery goes.
type waiting struct {
	Notice   Notice
	Attempts int       `json:",omitempty"`
	Next     time.Time `json:",omitzero"` // not before this
	Done     []string  `json:",omitempty"`
}

// Plan is what is to be done now, and when to ask again.
type Plan struct {
	Send   []Dispatch
	GiveUp []Dispatch // they waited longer than the channel's GiveUpAfter
	Next   time.Time  // zero when only a new fact can change the plan
	// Idle says that something became due while no fact came: an Operator fact that
	// says nothing, only that time has passed, makes notices of it.
	Idle bool
}

// Due returns what each channel that is not busy is to be told at now. It only reads,
// and it only knows what a fact has sealed: facts stamped before now may still be on
// their way, and belong to what is due. So Idle asks for the fact that time has passed.
func (s *State) Due(now time.Time, busy map[string]bool) Plan {
	now = later(now, s.Now)
	plan := Plan{Idle: s.ripe(now) > 0}
	if !plan.Idle && len(s.Pending) > 0 {
		plan.wake(s.nextRipe())
	}
	for _, c := range s.policy.Channels {
		if q := s.Queues[c.Name]; q != nil && len(q.Waiting) > 0 && !busy[c.Name] {
			plan.add(c, q.Waiting[0], now)
		}
	}
	return plan
}

func (p *Plan) add(c Channel, w waiting, now time.Time) {
	d := Dispatch{
		Channel: c.Name, Notice: w.Notice, Attempt: w.Attempts + 1, Done: w.Done,
		Delay: now.Sub(w.Notice.Time),
	}
	switch {
	case d.Delay > c.giveUpAfter():
		p.GiveUp = append(p.GiveUp, d)
	case w.Next.After(now):
		p.wake(w.Next)
	default:
		p.Send = append(p.Send, d)
	}
}

func (p *Plan) wake(at time.Time) {
	if p.Next.IsZero() || at.Before(p.Next) {
		p.Next = at
	}
}

func (s *State) enqueue(channel string, n Notice) {
	q := s.Queues[channel]
	if q == nil {
		q = &queue{}
		s.Queues[channel] = q
	}
	if len(q.Waiting) >= MaxQueue {
		q.Waiting = slices.Delete(q.Waiting, 1, 2) // the first may be in flight
		s.overflow("queue of " + channel)
	}
	q.Waiting = append(q.Waiting, waiting{Notice: n})
}

// settle takes a notice off its channel's queue: delivered, refused or given up.
func (s *State) settle(f Fact) {
	q := s.Queues[f.Channel]
	if q == nil {
		return
	}
	if len(q.Waiting) > 0 && q.Waiting[0].Notice.ID == f.Notice {
		q.Waiting = q.Waiting[1:] // the usual case, whatever the length
	} else {
		q.Waiting = slices.DeleteFunc(q.Waiting, func(w waiting) bool { return w.Notice.ID == f.Notice })
	}
	if len(q.Waiting) == 0 {
		delete(s.Queues, f.Channel)
	}
}

// postpone keeps a notice in its place for a later attempt.
func (s *State) postpone(f Fact) {
	q := s.Queues[f.Channel]
	if q == nil {
		return
	}
	for k := range q.Waiting {
		if w := &q.Waiting[k]; w.Notice.ID == f.Notice {
			w.Attempts++
			w.Next = f.Time.Add(RetryWait(f.Notice, w.Attempts))
			w.Done = append(w.Done, f.Done...)
		}
	}
}

// Waiting returns how many notices wait for each channel, also for channels that
// left the policy.
func (s *State) Waiting() map[string]int {
	n := map[string]int{}
	for name, q := range s.Queues {
		n[name] = len(q.Waiting)
	}
	return n
}
