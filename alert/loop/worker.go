package loop

import (
	"context"
	"time"

	"haproxy-alert/alert"
)

// worker owns the state.
type worker struct {
	loop       *Loop
	delivery   *delivery
	clock      clock
	busy       map[string]bool // channels with a notice in flight
	ticking    bool            // the fact that time has passed is on its way
	since      int             // facts since the last checkpoint
	notDurable bool            // state holds facts that are in no journal
	cut        map[string]int  // the overflow last told of, by bound
	commands   []command       // those on their way through the journal
	resends    resends
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
		case k := <-w.resends.done:
			w.resent(k)
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

func (w *worker) apply(facts []alert.Fact) {
	for _, f := range facts {
		w.clock.reach(f.Time)
		w.loop.State.Apply(f)
		if f.Channel != "" {
			delete(w.busy, f.Channel)
		}
		w.answer(f)
		w.ticking = w.ticking && f.Kind != alert.Operator
	}
	w.since += len(facts)
	if w.since >= CheckpointEvery || w.notDurable && facts[len(facts)-1].Seq > 0 {
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
func (w *worker) takeSpilled(facts []alert.Fact) {
	w.applyCommitted()
	w.apply(facts)
	w.notDurable = true
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
	w.notDurable = false
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
	if next := w.resend(now); !next.IsZero() {
		plan.Wake(next)
	}
	if !plan.Next.IsZero() {
		timer.Reset(max(0, plan.Next.Sub(now)))
	}
}
