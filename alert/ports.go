package alert

import (
	"context"
	"errors"
	"io"
	"time"
)

// Journal keeps facts. It has two sides, so that a replicated log can stand
// behind it: what one node appends, every node sees committed, in one order.
type Journal interface {
	// Append returns when the facts are durable, in their order; one call is one
	// sync. Then they are the journal's, and must not be touched again. After an error
	// they are the caller's, and none of them may be taken for durable.
	Append(ctx context.Context, facts []Fact) error
	// Committed yields every durable fact once, with its Seq, in the order in
	// which state applies them. It is closed when the journal is.
	Committed() <-chan []Fact
	// Checkpoint keeps the state as it was after the fact seq, which write writes, so
	// that a restart replays only later facts and older ones may be dropped.
	Checkpoint(seq uint64, write func(io.Writer) error) error
	// MaySend says whether this node may send notices now.
	MaySend() bool
}

// Notifier is one channel to people. Notify returns when the peer has taken the
// notice or the attempt has ended; it honours ctx at every step.
//
// An error marked by Permanent ends the notice on this channel; any other error,
// a known one or not, means try again.
type Notifier interface {
	Notify(ctx context.Context, d Dispatch) (Receipt, error)
}

// Resender is a Notifier whose peer forgets what it is not reminded of, as Alertmanager
// does at a restart. ResendOpen is called every ResendEvery, and at the start, with all that is
// open and was told on the channel, which may be nothing; never while a notice is on its way there or waits
// for it, so it cannot bring back what a notice ends.
type Resender interface {
	Notifier
	ResendOpen(ctx context.Context, open []Part) error
	ResendEvery() time.Duration
}

// Dispatch is one attempt to send one notice on one channel.
type Dispatch struct {
	Channel string
	Notice  Notice
	// Attempt counts from 1.
	Attempt int
	// Done are the recipients that earlier attempts reached: they are left out.
	Done []string
	// Due is when it was due, or the first of what it tells; Delay is how much later it
	// goes out.
	Due   time.Time
	Delay time.Duration
}

// Receipt is what an attempt achieved, also when it ended in an error.
type Receipt struct {
	// Done are the recipients this attempt reached.
	Done []string
	// Refused tells of recipients refused for good while others were reached.
	Refused string
}

// Permanent marks err as final: the peer will not take the notice at any later
// time. It returns nil for nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanentError{err}
}

// IsPermanent reports whether err or an error it wraps was marked by Permanent.
func IsPermanent(err error) bool {
	_, ok := errors.AsType[permanentError](err)
	return ok
}

// Delayer is an error by which the peer said how long to wait before the next attempt.
type Delayer interface {
	error
	RetryAfter() time.Duration
}

// MaxRetryAfter bounds how long a peer may ask us to wait.
const MaxRetryAfter = time.Hour

type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }
