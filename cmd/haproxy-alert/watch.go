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
