package main

import (
	"context"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/syslog/follow"
)

// misser is told of lines of a log file that may be missing; loop.Loop is one.
type misser interface {
	Missed(ctx context.Context, log string, m alert.Miss, noticed time.Time, over bool) error
}

// gap tells people that lines of a log file may be missing, and when no more have been for
// a while.
type gap struct {
	loop  misser
	log   string
	quiet time.Duration // how long nothing must be missed; 0: nobody is told

	all   alert.Miss // since it began
	since time.Time  // when it began; zero: nothing is missing
	last  time.Time  // when something was missed last
}

// newGap goes on with what an earlier run told of the log: open says that people believe
// lines of it are missing.
func newGap(loop misser, log string, quiet time.Duration, open bool) *gap {
	g := &gap{loop: loop, log: log, quiet: quiet}
	if open {
		g.all.Times, g.since, g.last = 1, time.Now(), time.Now()
	}
	return g
}

// missed takes that lines may be missing, for the first time at once.
func (g *gap) missed(ctx context.Context, m follow.Gap, now time.Time) {
	if g.quiet <= 0 {
		return
	}
	g.last = now
	if !g.since.IsZero() {
		g.all.Times++
		g.all.Bytes += m.Bytes
		return
	}
	g.since = now
	g.all = alert.Miss{Times: 1, Cause: m.Why(), File: m.File, Bytes: m.Bytes, Since: m.Since}
	_ = g.loop.Missed(ctx, g.log, g.all, g.since, false) // fails only when we end
}

// look ends what is over.
func (g *gap) look(ctx context.Context, now time.Time) {
	if g.since.IsZero() || now.Sub(g.last) < g.quiet {
		return
	}
	_ = g.loop.Missed(ctx, g.log, g.all, g.since, true)
	g.since, g.all = time.Time{}, alert.Miss{}
}
