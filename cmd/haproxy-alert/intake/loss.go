package intake

import (
	"context"
	"log/slog"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/syslog/follow"
	"haproxy-alert/syslog/receive"
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

// watchEvery is how often what a receiver lost is looked at and told.
const watchEvery = 10 * time.Second

// Watch tells what a receiver had to leave out, as it happens, until ctx ends: a
// line nobody misses at first may be the one that matters.
func Watch(ctx context.Context, r *receive.Receiver, l *leak, log *slog.Logger) {
	log = log.With("address", r.String())
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var before receive.Stats
	for {
		select {
		case <-ctx.Done():
			tellLost(before, r.Stats(), log)
			return
		case at := <-tick.C:
			now := r.Stats()
			tellLost(before, now, log)
			l.look(ctx, now.Dropped, at)
			before = now
		}
	}
}

// loser is told of lines that are lost; loop.Loop is one.
type loser interface {
	Lost(ctx context.Context, listener string, lines int, since time.Time, over bool) error
}

// leak tells people that the kernel drops lines of a listener, and when that is over.
type leak struct {
	loop     loser
	listener string
	quiet    time.Duration // how long nothing must be lost; 0: nobody is told

	seen  uint64    // dropped so far
	lost  uint64    // of them since it began
	since time.Time // when it began; zero: it loses nothing
	last  time.Time // when it grew last
}

// NewLeak goes on with what an earlier run told of the listener: open says that people
// believe it loses lines.
func NewLeak(loop loser, listener string, quiet time.Duration, open bool) *leak {
	l := &leak{loop: loop, listener: listener, quiet: quiet}
	if open {
		l.since, l.last, l.lost = time.Now(), time.Now(), 1
	}
	return l
}

// look takes how many datagrams the kernel has dropped by now.
func (l *leak) look(ctx context.Context, dropped uint64, now time.Time) {
	grown := dropped - l.seen
	l.seen = dropped
	switch {
	case l.quiet <= 0:
	case grown > 0:
		l.lost, l.last = l.lost+grown, now
		if l.since.IsZero() {
			l.since = now
			_ = l.loop.Lost(ctx, l.listener, int(l.lost), l.since, false) // fails only when we end
		}
	case !l.since.IsZero() && now.Sub(l.last) >= l.quiet:
		_ = l.loop.Lost(ctx, l.listener, int(l.lost), l.since, true)
		l.since, l.lost = time.Time{}, 0
	}
}

// tellLost logs what grew between two readings. Of handshakes the receiver says more: whose
// they were, and why they failed.
func tellLost(before, now receive.Stats, log *slog.Logger) {
	grew := func(before, now uint64) []any { return []any{"count", now - before, "total", now} }
	if now.Dropped > before.Dropped {
		log.Error("the kernel dropped datagrams, lines are lost: raise read_buffer and net.core.rmem_max",
			grew(before.Dropped, now.Dropped)...)
	}
	if now.TooMany > before.TooMany {
		log.Warn("connections closed at once, max_connections are open", grew(before.TooMany, now.TooMany)...)
	}
	if now.Refused > before.Refused {
		log.Warn("lines refused, their sender is not in allow", grew(before.Refused, now.Refused)...)
	}
	if now.Cut > before.Cut {
		log.Warn("lines cut at max_frame", grew(before.Cut, now.Cut)...)
	}
	if now.Bad > before.Bad {
		log.Warn("frames that could not be read", grew(before.Bad, now.Bad)...)
	}
}
