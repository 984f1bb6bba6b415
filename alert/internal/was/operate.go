package was

import (
	"context"
	"errors"
	"slices"
)

// ErrNotDurable is returned by Operate when the command holds, but the journal could
// not take it: until the journal works again a restart forgets it.
var ErrNotDurable = errors.New("record command: cannot write the journal, the command holds until a restart")

// order is a command somebody waits for.
type order struct {
	silence string // its id
	expire  bool
	done    chan error      // has room for one
	waiter  context.Context // nobody waits any more when it has ended
}

// Operate carries out an operator's command, the Silence of f. It returns when the
// fact is durable and applied; the error is ctx's, ErrStopped or ErrNotDurable. After
// ctx ended the command may be carried out all the same.
func (l *Loop) Operate(ctx context.Context, f Fact) error {
	l.open()
	f.Kind = Operator
	o := order{f.Silence.ID, f.Expire, make(chan error, 1), ctx}
	if err := l.call(ctx, func(w *worker) { w.await(o) }); err != nil {
		return err
	}
	if err := l.put(ctx, f); err != nil {
		return err
	}
	select {
	case err := <-o.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-l.stopped: // what drain applied last has its answer all the same
		select {
		case err := <-o.done:
			return err
		default:
			return ErrStopped
		}
	}
}

// Ask calls fn with the state, in the goroutine that owns it and between two facts. fn
// must be quick, change nothing and keep nothing of the state; the error is ctx's, or
// ErrStopped, and fn was not called then.
func (l *Loop) Ask(ctx context.Context, fn func(*State)) error {
	l.open()
	asked := make(chan struct{})
	err := l.call(ctx, func(w *worker) {
		defer close(asked)
		fn(w.loop.State)
	})
	if err != nil {
		return err
	}
	<-asked
	return nil
}

// call has fn called by the worker; nil says that it will be.
func (l *Loop) call(ctx context.Context, fn func(*worker)) error {
	select {
	case l.calls <- fn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.stopped:
		return ErrStopped
	}
}

// await notes an order that is on its way through the journal, and forgets those
// whose waiter has gone.
func (w *worker) await(o order) {
	w.orders = slices.DeleteFunc(w.orders, func(old order) bool { return old.waiter.Err() != nil })
	w.orders = append(w.orders, o)
}

// obeyed answers those who wait for the command that was just applied.
func (w *worker) obeyed(f Fact) {
	if f.Kind != Operator || f.Silence.ID == "" {
		return
	}
	var err error
	if f.Seq == 0 {
		err = ErrNotDurable
	}
	w.orders = slices.DeleteFunc(w.orders, func(o order) bool {
		mine := o.silence == f.Silence.ID && o.expire == f.Expire
		if mine {
			o.done <- err
		}
		return mine
	})
}
