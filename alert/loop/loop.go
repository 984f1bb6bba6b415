package loop

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
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
	State *engine.State
	// Journal keeps the facts.
	Journal alert.Journal
	// Notifiers carry notices, by the name of the channel in State's policy.
	Notifiers map[string]alert.Notifier
	// Log gets what an operator should know. Required.
	Log *slog.Logger

	inbox   chan alert.Fact
	calls   chan func(*worker)
	spilled chan []alert.Fact
	stopped chan struct{}
	once    sync.Once
}

func (l *Loop) open() {
	l.once.Do(func() {
		l.inbox = make(chan alert.Fact, MaxInbox)
		l.calls = make(chan func(*worker))
		l.spilled = make(chan []alert.Fact)
		l.stopped = make(chan struct{})
	})
}

// Observe hands over one health line. It blocks while MaxInbox facts wait; the
// error is ctx's, or ErrStopped.
func (l *Loop) Observe(ctx context.Context, f alert.Fact) error {
	l.open()
	f.Kind = alert.Observed
	return l.put(ctx, f)
}

func (l *Loop) put(ctx context.Context, f alert.Fact) error {
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
		cut: maps.Clone(l.State.Overflow), resends: newResends(len(l.Notifiers)),
	}
	y.resent = w.resends.done
	w.run(ctx)

	go func() {
		y.finish()
		close(r.stop)
	}()
	w.drain(r.done)
	return w.checkpoint()
}
