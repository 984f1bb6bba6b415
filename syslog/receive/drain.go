package receive

import (
	"context"
	"time"
)

const (
	// drainTime bounds how long a receiver that is told to end goes on with what
	// the kernel holds for it.
	drainTime = 2 * time.Second
	// drainGap without anything new means that the kernel's buffer is empty.
	drainGap = 10 * time.Millisecond
	// deadlineStep is how much later than asked for a silent connection may be ended, at
	// most: a deadline is moved only when that much of it has gone. To move it at each
	// read would cost more than some reads.
	deadlineStep = time.Second
)

// drain brings a reader to its end without losing what has already reached this
// machine: while ctx lives a read may wait, afterwards it only takes what is
// there. It belongs to the one goroutine that reads.
type drain struct {
	conn interface{ SetReadDeadline(time.Time) error }
	idle time.Duration // how long a read may wait while ctx lives; 0 for ever

	deadline time.Time // the last one set by arm
	until    time.Time // the end of draining, once it has begun
}

// start frees the blocked read when ctx ends; the caller defers the stop.
func (e *drain) start(ctx context.Context) (stop func() bool) {
	conn := e.conn
	return context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
}

// arm sets the deadline of the next read and reports whether there may be one.
func (e *drain) arm(ctx context.Context) bool {
	if ctx.Err() == nil {
		if e.idle <= 0 {
			return true
		}
		e.hold(time.Now())
		if ctx.Err() == nil {
			return true // else start's deadline may be the one just overwritten
		}
	}
	if e.until.IsZero() {
		e.until = time.Now().Add(drainTime)
	}
	e.set(drainGap)
	return e.deadline.Before(e.until)
}

// hold keeps the deadline as far away as idle says, or by a step more.
func (e *drain) hold(now time.Time) {
	if e.deadline.Sub(now) < e.idle {
		e.set(e.idle + min(deadlineStep, e.idle/8))
	}
}

func (e *drain) set(wait time.Duration) {
	e.deadline = time.Now().Add(wait)
	_ = e.conn.SetReadDeadline(e.deadline)
}

// more reports whether a read whose deadline has passed is to be tried again: when the
// deadline was start's, and when the kernel holds something all the same. A deadline
// hides what is there, also one that passed before the read began, because the machine
// stood still or had no time for us.
func (e *drain) more(ctx context.Context) bool {
	if ctx.Err() != nil && (e.until.IsZero() || time.Now().Before(e.deadline)) {
		return true
	}
	return readable(e.conn)
}
