package outbox

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// Queue is what waits for one channel, in the order of the events.
type Queue struct {
	Waiting []Waiting
}

// Waiting is a notice and how its delivery goes.
type Waiting struct {
	Notice   alert.Notice
	Attempts int       `json:",omitempty"`
	Next     time.Time `json:",omitzero"` // not before a fact of this time
	Done     []string  `json:",omitempty"`
	Paced    bool      `json:",omitempty"` // it is the channel's rate that holds it
	// Since is when the first of what it tells was due; zero: Notice.Time.
	Since time.Time `json:",omitzero"`
	// Sum is what it tells when it stands for many.
	Sum *Rollup `json:",omitempty"`

	words *template.Lazy // the words that Notice lacks; nil when it has them
}

// render puts the notice in words.
func (w *Waiting) render() {
	w.words.Put(&w.Notice)
	w.words = nil
}

func (w Waiting) since() time.Time {
	if w.Since.IsZero() {
		return w.Notice.Time
	}
	return w.Since
}

// count is how many notices wait, with those that a digest stands for.
func (q *Queue) count() int {
	n := len(q.Waiting)
	for _, w := range q.Waiting {
		if w.Sum != nil {
			n += w.Sum.Count - 1
		}
	}
	return n
}

// drop takes out what waits at a place.
func (q *Queue) drop(at int) {
	if at == 0 {
		q.Waiting = q.Waiting[1:] // the usual case, whatever the length
		return
	}
	q.Waiting = slices.Delete(q.Waiting, at, at+1)
}

// replace has one notice wait in place of those at some places, at the last of these.
// Their conversations go on with it.
func (o *Outbox) replace(channel string, q *Queue, places []int, w Waiting, key string) {
	d := alert.Decision{Time: o.Now, Key: key, Kind: w.Notice.Kind, Notice: w.Notice, Channels: []string{channel}}
	for _, at := range places {
		d.Instead = append(d.Instead, q.Waiting[at].Notice.ID)
		o.channel(channel).redirect(q.Waiting[at].Notice.ID, w.Notice.ID)
	}
	if o.Trace != nil {
		o.Trace(d)
	}
	last := len(places) - 1
	q.Waiting[places[last]] = w
	for _, at := range slices.Backward(places[:last]) {
		q.drop(at)
	}
}

// Plan plans what each channel that is not busy is to be told at now, and what to ask the
// others for. It only reads.
func (o *Outbox) Plan(plan *alert.Plan, now time.Time, busy map[string]bool) {
	if at := o.nextTrouble(); !at.IsZero() {
		plan.Await(at, now)
	}
	for _, c := range o.policy.Channels {
		if q := o.Queues[c.Name]; q != nil && len(q.Waiting) > 0 && !busy[c.Name] {
			o.attempt(plan, c, q.Waiting[0], now)
		}
	}
}

// attempt plans the first notice of a channel. What has to wait goes out only after a
// fact as late as its Next: until then nothing of it can be in flight, and it may still
// be told with what follows it.
func (o *Outbox) attempt(p *alert.Plan, c alert.Channel, w Waiting, now time.Time) {
	d := alert.Dispatch{
		Channel: c.Name, Attempt: w.Attempts + 1, Done: w.Done, Due: w.since(), Delay: now.Sub(w.since()),
	}
	switch {
	case now.Sub(w.Notice.Time) > c.Patience():
		d.Notice = o.outgoing(c.Name, w)
		p.GiveUp = append(p.GiveUp, d)
	case w.Next.After(o.Now):
		p.Await(w.Next, now)
	default:
		d.Notice = o.outgoing(c.Name, w)
		p.Send = append(p.Send, d)
	}
}

// outgoing is the notice as it goes out, in the conversation in which the channel has
// heard of its beginning.
func (o *Outbox) outgoing(channel string, w Waiting) alert.Notice {
	n := w.told(o.renderer)
	if h := o.Channels[channel]; h != nil && n.First != n.ID {
		n.First = h.standIn(n.First)
	}
	return n
}

// Enqueue has a notice wait for a channel. More than alert.MaxQueue are folded into one, behind
// the first, which may be in flight.
func (o *Outbox) Enqueue(channel string, n alert.Notice, words *template.Lazy) {
	q := o.Queues[channel]
	if q == nil {
		q = &Queue{}
		o.Queues[channel] = q
	}
	if n.First != n.ID {
		n.First = o.channel(channel).standIn(n.First)
	}
	if len(q.Waiting) >= alert.MaxQueue {
		o.merge(channel, q, 1)
	}
	q.Waiting = append(q.Waiting, Waiting{Notice: n, words: words})
	last := len(q.Waiting) - 1
	switch {
	case last == 0:
		o.throttle(channel, o.Now)
	case q.Waiting[0].Paced && q.Waiting[0].Next.After(o.Now):
		o.mergeAll(channel, q)
	case ends(n) && o.late(channel, q) && q.holds(n.First):
		o.collapse(channel, q, last)
	}
}

// done takes a notice off its channel's queue: delivered, refused or given up.
func (o *Outbox) done(f alert.Fact) {
	q := o.Queues[f.Channel]
	if q == nil {
		return
	}
	at := slices.IndexFunc(q.Waiting, func(w Waiting) bool { return w.Notice.ID == f.Notice })
	if at < 0 {
		return
	}
	n := q.Waiting[at].Notice
	if f.Kind != alert.Delivered || f.Error != "" { // somebody may hear of it yet
		n = q.Waiting[at].told(o.renderer)
	}
	q.drop(at)
	o.recordAttempt(f, n)
	switch {
	case len(q.Waiting) == 0:
		delete(o.Queues, f.Channel)
	case f.Kind == alert.Delivered && !q.Waiting[0].Paced:
		q.Waiting[0].Next = time.Time{} // the channel takes notices: what waited need not
	}
	o.throttle(f.Channel, o.Now)
}

// retryLater keeps a notice in its place for a later attempt. Nothing of the channel is in
// flight at this moment: what can be told in one now is.
func (o *Outbox) retryLater(f alert.Fact) {
	q := o.Queues[f.Channel]
	if q == nil || len(q.Waiting) == 0 || q.Waiting[0].Notice.ID != f.Notice {
		return
	}
	w := &q.Waiting[0]
	w.Attempts++
	w.Next = f.Time.Add(max(RetryWait(f.Notice, w.Attempts), min(f.Wait, alert.MaxRetryAfter)))
	w.Done = append(w.Done, f.Done...)
	o.recordAttempt(f, w.Notice)
	o.throttle(f.Channel, o.Now)
	o.catchUp(f.Channel, q)
}

// Waiting returns how many notices wait for each channel, also for channels that
// left the policy.
func (o *Outbox) Waiting() map[string]int {
	n := map[string]int{}
	for name, q := range o.Queues {
		n[name] = q.count()
	}
	return n
}
