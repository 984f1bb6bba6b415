package main

import (
	"context"
	"log/slog"
	"time"

	"haproxy-alert/syslog"
)

// watchEvery is how often what a receiver lost is looked at and told.
const watchEvery = 10 * time.Second

// watch tells what a receiver had to leave out, as it happens, until ctx ends: a
// line nobody misses at first may be the one that matters.
func watch(ctx context.Context, r *syslog.Receiver, log *slog.Logger) {
	log = log.With("address", r.String())
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var before syslog.Stats
	for {
		select {
		case <-ctx.Done():
			tellLost(before, r.Stats(), log)
			return
		case <-tick.C:
			now := r.Stats()
			tellLost(before, now, log)
			before = now
		}
	}
}

// tellLost logs what grew between two readings.
func tellLost(before, now syslog.Stats, log *slog.Logger) {
	for _, c := range []struct {
		level  slog.Level
		what   string
		before uint64
		now    uint64
	}{
		{slog.LevelError, "the kernel dropped datagrams, lines are lost: raise read_buffer and net.core.rmem_max", before.Dropped, now.Dropped},
		{slog.LevelWarn, "connections closed at once, max_connections are open", before.TooMany, now.TooMany},
		{slog.LevelWarn, "lines refused, their sender is not in allow", before.Refused, now.Refused},
		{slog.LevelWarn, "lines cut at max_frame", before.Cut, now.Cut},
		{slog.LevelWarn, "frames that could not be read", before.Bad, now.Bad},
	} {
		if n := c.now - c.before; n > 0 {
			log.Log(context.Background(), c.level, c.what, "count", n, "total", c.now)
		}
	}
}
