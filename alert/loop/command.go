package loop

import (
	"context"
	"errors"
	"slices"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// ErrNotDurable is returned by Operate when the command holds, but the journal could
// not take it: until the journal works again a restart forgets it.
var ErrNotDurable = errors.New("record command: cannot write the journal, the command holds until a restart")

// command is one that somebody waits for.
type command struct {
	silence string // its id
	expire  bool
	done    chan error      // has room for one
	waiter  context.Context // nobody waits any more when it has ended
}

// Operate carries out an operator's command, the Silence of f. It returns when the
// fact is durable and applied; the error is ctx's, ErrStopped or ErrNotDurable. After
// ctx ended the command may be carried out all the same.
func (l *Loop) Operate(ctx context.Context, f alert.Fact) error {
	l.open()
	f.Kind = alert.Operator
	c := command{f.Silence.ID, f.Expire, make(chan error, 1), ctx}
	if err := l.call(ctx, func(w *worker) { w.expect(c) }); err != nil {
		return err
	}
	if err := l.put(ctx, f); err != nil {
		return err
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-l.stopped: // what drain applied last has its answer all the same
		select {
		case err := <-c.done:
			return err
		default:
			return ErrStopped
		}
	}
}

// Ask calls fn with the state, in the goroutine that owns it and between two facts. fn
// must be quick, change nothing and keep nothing of the state; the error is ctx's, or
// ErrStopped, and fn was not called then.
func (l *Loop) Ask(ctx context.Context, fn func(*engine.State)) error {
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

// expect notes a command that is on its way through the journal, and forgets those
// whose waiter has gone.
func (w *worker) expect(c command) {
	w.commands = slices.DeleteFunc(w.commands, func(old command) bool { return old.waiter.Err() != nil })
	w.commands = append(w.commands, c)
}

// answer answers those who wait for the command that was just applied.
func (w *worker) answer(f alert.Fact) {
	if f.Kind != alert.Operator || f.Silence.ID == "" {
		return
	}
	var err error
	if f.Seq == 0 {
		err = ErrNotDurable
	}
	w.commands = slices.DeleteFunc(w.commands, func(c command) bool {
		mine := c.silence == f.Silence.ID && c.expire == f.Expire
		if mine {
			c.done <- err
		}
		return mine
	})
}
