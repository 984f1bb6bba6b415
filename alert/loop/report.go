package loop

import (
	"context"
	"time"

	"haproxy-alert/alert"
)

// Quiet records that nothing at all has come from a source since a time, or that it is
// heard again: who hears nothing cannot tell of outages either. The error is ctx's, or
// ErrStopped.
func (l *Loop) Quiet(ctx context.Context, source string, since time.Time, heard bool) error {
	l.open()
	return l.put(ctx, alert.Fact{Kind: alert.Operator, At: since, Quiet: source, Heard: heard})
}

// Lost records that the kernel has dropped so many lines at a listener since a time, or
// that it drops no more: what was among them nobody knows. The error is ctx's, or
// ErrStopped.
func (l *Loop) Lost(ctx context.Context, listener string, lines int, since time.Time, over bool) error {
	l.open()
	return l.put(ctx, alert.Fact{Kind: alert.Operator, At: since, Quiet: listener, Lost: lines, Heard: over})
}

// Missed records that lines of a log file may have been missed, as was noticed at a time,
// or that no more have been since: what was among them nobody knows. It comes behind all
// that was observed before, and before all marks that follow. The error is ctx's, or
// ErrStopped.
func (l *Loop) Missed(ctx context.Context, log string, m alert.Miss, noticed time.Time, over bool) error {
	l.open()
	return l.put(ctx, alert.Fact{Kind: alert.Operator, At: noticed, Quiet: log, Miss: m, Heard: over})
}

// Mark records how far a file has been taken in where no health line says so: a restart
// need not read hours of traffic again. It comes behind all that was observed before.
// The error is ctx's, or ErrStopped.
func (l *Loop) Mark(ctx context.Context, m alert.Mark) error {
	l.open()
	return l.put(ctx, alert.Fact{Kind: alert.Operator, Mark: m})
}

// Finish records that a file of a log has been taken to its end, so that it is known again
// under any name. It comes behind all that was observed before. The error is ctx's, or
// ErrStopped.
func (l *Loop) Finish(ctx context.Context, end alert.Mark) error {
	l.open()
	return l.put(ctx, alert.Fact{Kind: alert.Operator, Mark: end, Finished: true})
}
