package was

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
	Next     time.Time `json:",omitzero"` // not before a fact of this time
	Done     []string  `json:",omitempty"`
	Paced    bool      `json:",omitempty"` // it is the channel's rate that holds it
	// Since is when the first of what it tells was due; zero: Notice.Time.
	Since time.Time `json:",omitzero"`
	// Sum is what it tells when it stands for many.
	Sum *tally `json:",omitempty"`

	unsaid *phrase // the words that Notice lacks; nil when it has them
}

// say has the notice have its words.
func (w *waiting) say() {
	w.unsaid.say(&w.Notice)
	w.unsaid = nil
}

func (w waiting) since() time.Time {
	if w.Since.IsZero() {
		return w.Notice.Time
	}
	return w.Since
}

// count is how many notices wait, with those that a digest stands for.
func (q *queue) count() int {
	n := len(q.Waiting)
	for _, w := range q.Waiting {
		if w.Sum != nil {
			n += w.Sum.Count - 1
		}
	}
	return n
}

// drop takes out what waits at a place.
func (q *queue) drop(at int) {
	if at == 0 {
		q.Waiting = q.Waiting[1:] // the usual case, whatever the length
		return
	}
	q.Waiting = slices.Delete(q.Waiting, at, at+1)
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
	if at := s.nextAlarm(); !at.IsZero() {
		plan.await(at, now)
	}
	for _, c := range s.policy.Channels {
		if q := s.Queues[c.Name]; q != nil && len(q.Waiting) > 0 && !busy[c.Name] {
			s.attempt(&plan, c, q.Waiting[0], now)
		}
	}
	return plan
}

// attempt plans the first notice of a channel. What has to wait goes out only after a
// fact as late as its Next: until then nothing of it can be in flight, and it may still
// be told with what follows it.
func (s *State) attempt(p *Plan, c Channel, w waiting, now time.Time) {
	d := Dispatch{
		Channel: c.Name, Attempt: w.Attempts + 1, Done: w.Done, Due: w.since(), Delay: now.Sub(w.since()),
	}
	switch {
	case now.Sub(w.Notice.Time) > c.giveUpAfter():
		d.Notice = s.outgoing(c.Name, w)
		p.GiveUp = append(p.GiveUp, d)
	case w.Next.After(s.Now):
		p.await(w.Next, now)
	default:
		d.Notice = s.outgoing(c.Name, w)
		p.Send = append(p.Send, d)
	}
}

// outgoing is the notice as it goes out, in the conversation in which the channel has
// heard of its beginning.
func (s *State) outgoing(channel string, w waiting) Notice {
	n := w.told(s.policy.Words)
	if k := s.Contacts[channel]; k != nil && n.First != n.ID {
		n.First = k.standsFor(n.First)
	}
	return n
}

// await asks for the fact that a time has come.
func (p *Plan) await(at, now time.Time) {
	if at.After(now) {
		p.wake(at)
		return
	}
	p.Idle = true
}

func (p *Plan) wake(at time.Time) {
	if p.Next.IsZero() || at.Before(p.Next) {
		p.Next = at
	}
}

// enqueue has a notice wait for a channel. More than MaxQueue are folded into one, behind
// the first, which may be in flight.
func (s *State) enqueue(channel string, n Notice, words *phrase) {
	q := s.Queues[channel]
	if q == nil {
		q = &queue{}
		s.Queues[channel] = q
	}
	if n.First != n.ID {
		n.First = s.contact(channel).standsFor(n.First)
	}
	if len(q.Waiting) >= MaxQueue {
		q.Waiting[2] = s.combine(channel, q.Waiting[1], q.Waiting[2])
		q.drop(1)
	}
	q.Waiting = append(q.Waiting, waiting{Notice: n, unsaid: words})
	last := len(q.Waiting) - 1
	switch {
	case last == 0:
		s.pace(channel, s.Now)
	case q.Waiting[0].Paced && q.Waiting[0].Next.After(s.Now):
		s.foldAll(channel, q)
	case n.ends() && s.late(channel, q) && s.waitsFrom(q, n.First):
		s.settleBoth(channel, q, last)
	}
}

// settle takes a notice off its channel's queue: delivered, refused or given up.
func (s *State) settle(f Fact) {
	q := s.Queues[f.Channel]
	if q == nil {
		return
	}
	at := slices.IndexFunc(q.Waiting, func(w waiting) bool { return w.Notice.ID == f.Notice })
	if at < 0 {
		return
	}
	n := q.Waiting[at].Notice
	if f.Kind != Delivered || f.Error != "" { // somebody may hear of it yet
		n = q.Waiting[at].told(s.policy.Words)
	}
	q.drop(at)
	s.heard(f, n)
	switch {
	case len(q.Waiting) == 0:
		delete(s.Queues, f.Channel)
	case f.Kind == Delivered && !q.Waiting[0].Paced:
		q.Waiting[0].Next = time.Time{} // the channel takes notices: what waited need not
	}
	s.pace(f.Channel, s.Now)
}

// postpone keeps a notice in its place for a later attempt. Nothing of the channel is in
// flight at this moment: what can be told in one now is.
func (s *State) postpone(f Fact) {
	q := s.Queues[f.Channel]
	if q == nil || len(q.Waiting) == 0 || q.Waiting[0].Notice.ID != f.Notice {
		return
	}
	w := &q.Waiting[0]
	w.Attempts++
	w.Next = f.Time.Add(max(RetryWait(f.Notice, w.Attempts), min(f.Wait, MaxRetryAfter)))
	w.Done = append(w.Done, f.Done...)
	s.heard(f, w.Notice)
	s.pace(f.Channel, s.Now)
	s.catchUp(f.Channel, q)
}

// Waiting returns how many notices wait for each channel, also for channels that
// left the policy.
func (s *State) Waiting() map[string]int {
	n := map[string]int{}
	for name, q := range s.Queues {
		n[name] = q.count()
	}
	return n
}
