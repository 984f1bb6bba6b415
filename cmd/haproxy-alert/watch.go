package main

import (
	"context"
	"log/slog"
	"time"

	"haproxy-alert/syslog/receive"
)

// watchEvery is how often what a receiver lost is looked at and told.
const watchEvery = 10 * time.Second

// defaultDrops is how long a listener must lose nothing to be well again.
const defaultDrops = time.Minute

// watch tells what a receiver had to leave out, as it happens, until ctx ends: a
// line nobody misses at first may be the one that matters.
func watch(ctx context.Context, r *receive.Receiver, l *leak, log *slog.Logger) {
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

// newLeak goes on with what an earlier run told of the listener: open says that people
// believe it loses lines.
func newLeak(loop loser, listener string, quiet time.Duration, open bool) *leak {
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
