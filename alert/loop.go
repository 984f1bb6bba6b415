package alert

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// Bounds of the loop's queues and waits.
const (
	// MaxInbox is how many facts wait to be recorded. When it is full Observe
	// blocks, the receivers stop reading, and the kernel's buffers hold the lines.
	MaxInbox = 8192
	// MaxBatch is how many facts one sync makes durable at the most.
	MaxBatch = 1024
	// StopGrace is how long notices in flight may take after Run was told to stop.
	StopGrace = 5 * time.Second
	// CheckpointEvery is after how many facts the state is written down.
	CheckpointEvery = 50_000
)

// ErrStopped is returned by Observe, Operate and Ask after Run has ended.
var ErrStopped = errors.New("hand over to the loop: it has stopped")

// Loop is the shell around State: it records facts, applies what is durable and
// hands out what is due.
type Loop struct {
	// State is the recovered state; Run owns it from then on.
	State *State
	// Journal keeps the facts.
	Journal Journal
	// Notifiers carry notices, by the name of the channel in State's policy.
	Notifiers map[string]Notifier
	// Log gets what an operator should know. Required.
	Log *slog.Logger

	inbox   chan Fact
	calls   chan func(*worker)
	spilled chan []Fact
	stopped chan struct{}
	once    sync.Once
}

func (l *Loop) open() {
	l.once.Do(func() {
		l.inbox = make(chan Fact, MaxInbox)
		l.calls = make(chan func(*worker))
		l.spilled = make(chan []Fact)
		l.stopped = make(chan struct{})
	})
}

// Observe hands over one health line. It blocks while MaxInbox facts wait; the
// error is ctx's, or ErrStopped.
func (l *Loop) Observe(ctx context.Context, f Fact) error {
	l.open()
	f.Kind = Observed
	return l.put(ctx, f)
}

func (l *Loop) put(ctx context.Context, f Fact) error {
	select {
	case l.inbox <- f:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.stopped:
		return ErrStopped
	}
}

// Run works until ctx ends; whoever calls Observe or Operate has to end before. What was
// observed is recorded and applied, and what the notices in flight come to within
// StopGrace as well. The error is that of the last checkpoint.
func (l *Loop) Run(ctx context.Context) error {
	l.open()
	defer close(l.stopped)
	r := &recorder{loop: l, clock: clock{last: l.State.Clock()}, stop: make(chan struct{}), done: make(chan struct{})}
	go r.run()

	l.State.TakeUnheard() // logged when it happened

	y := newDelivery(ctx, l)
	w := &worker{
		loop: l, delivery: y, clock: clock{last: l.State.Clock()}, busy: map[string]bool{},
		cut: maps.Clone(l.State.Overflow), keeping: newKeeping(len(l.Notifiers)),
	}
	y.kept = w.keeping.done
	w.run(ctx)

	go func() {
		y.finish()
		close(r.stop)
	}()
	w.drain(r.done)
	return w.checkpoint()
}

// worker owns the state.
type worker struct {
	loop     *Loop
	delivery *delivery
	clock    clock
	busy     map[string]bool // channels with a notice in flight
	ticking  bool            // the fact that time has passed is on its way
	since    int             // facts since the last checkpoint
	loose    bool            // state holds facts that are in no journal
	cut      map[string]int  // the overflow last told of, by bound
	orders   []order         // commands on their way through the journal
	keeping  keeping
}

func (w *worker) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case facts, ok := <-w.loop.Journal.Committed():
			if !ok {
				return
			}
			w.apply(facts)
		case facts := <-w.loop.spilled:
			w.takeSpilled(facts)
		case call := <-w.loop.calls:
			call(w)
		case k := <-w.keeping.done:
			w.hasKept(k)
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		w.dispatch(timer)
	}
}

// drain applies what the recorder still makes durable, until it has ended.
func (w *worker) drain(recorded <-chan struct{}) {
	for {
		select {
		case facts, ok := <-w.loop.Journal.Committed():
			if !ok {
				return
			}
			w.apply(facts)
		case facts := <-w.loop.spilled:
			w.takeSpilled(facts)
		case <-recorded:
			w.applyCommitted()
			return
		}
	}
}

func (w *worker) apply(facts []Fact) {
	for _, f := range facts {
		w.clock.reach(f.Time)
		w.loop.State.Apply(f)
		if f.Channel != "" {
			delete(w.busy, f.Channel)
		}
		w.obeyed(f)
		w.ticking = w.ticking && f.Kind != Operator
	}
	w.since += len(facts)
	if w.since >= CheckpointEvery || w.loose && facts[len(facts)-1].Seq > 0 {
		if err := w.checkpoint(); err != nil {
			w.loop.Log.Error("cannot write checkpoint", "err", err)
		}
	}
	for _, n := range w.loop.State.TakeUnheard() {
		w.loop.Log.Error("no other channel to tell about a channel", "subject", n.Subject)
	}
	for bound, n := range w.loop.State.Overflow {
		if more := n - w.cut[bound]; more > 0 {
			w.loop.Log.Error("a bound was reached, something was left out", "bound", bound, "count", more)
			w.cut[bound] = n
		}
	}
}

// takeSpilled applies facts that no journal took. All that was committed before
// comes first.
func (w *worker) takeSpilled(facts []Fact) {
	w.applyCommitted()
	w.apply(facts)
	w.loose = true
}

func (w *worker) applyCommitted() {
	for {
		select {
		case facts, ok := <-w.loop.Journal.Committed():
			if !ok {
				return
			}
			w.apply(facts)
		default:
			return
		}
	}
}

func (w *worker) checkpoint() error {
	w.since = 0
	if err := w.loop.Journal.Checkpoint(w.loop.State.Seq, w.loop.State.Checkpoint); err != nil {
		return err
	}
	w.loose = false
	return nil
}

// dispatch starts what is due and sets the timer for what will be.
func (w *worker) dispatch(timer *time.Timer) {
	now := w.clock.now()
	timer.Stop()
	if !w.loop.Journal.MaySend() {
		timer.Reset(time.Second)
		return
	}
	plan := w.loop.State.Due(now, w.busy)
	for _, d := range plan.GiveUp {
		w.busy[d.Channel] = true
		w.delivery.giveUp(d)
	}
	for _, d := range plan.Send {
		w.busy[d.Channel] = true
		w.delivery.send(d)
	}
	if plan.Idle && !w.ticking {
		w.ticking = true
		w.delivery.tick()
	}
	if next := w.keep(now); !next.IsZero() {
		plan.wake(next)
	}
	if !plan.Next.IsZero() {
		timer.Reset(max(0, plan.Next.Sub(now)))
	}
}
