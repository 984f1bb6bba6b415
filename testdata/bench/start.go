package main

import (
	"context"
	"fmt"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// start measures how long the daemon takes to be ready when its journal is large.
func (b *bench) start(ctx context.Context) (report.Section, error) {
	s := report.Section{
		Title: "Start",
		How: fmt.Sprintf(`The journal holds %s facts: outages of 1,000 servers. The time runs from the exec of the program to its words "ready",
when it takes lines. Once the daemon before it was stopped, and wrote its state down; once it was killed (kill -9) with %s facts
since it last had, the most there may be.`,
			report.Lines.Format(float64(b.size.facts)), report.Lines.Format(float64(b.size.since()))),
		Limit: `After a stop: reading one file and looking at the last segment. After a kill: the facts since, which are JSON, are read and
folded once more. Without any state on disk all of them are; that happens only when both of the last two checkpoints are damaged.`,
	}
	dir, err := b.folder("start")
	if err != nil {
		return s, err
	}
	now := time.Now()
	facts, err := outages(b.size.facts+b.size.since(), now)
	if err == nil {
		err = record(ctx, peer.Journal(dir), facts[:b.size.facts])
	}
	if err != nil {
		return s, err
	}
	whole, err := b.starts(ctx, dir, 1, (*peer.Receiver).Stop)
	if err != nil {
		return s, err
	}
	stopped, err := b.starts(ctx, dir, b.size.pairs, (*peer.Receiver).Stop)
	if err != nil {
		return s, err
	}
	if err := record(ctx, peer.Journal(dir), facts[b.size.facts:]); err != nil {
		return s, err
	}
	killed, err := b.starts(ctx, dir, b.size.pairs, func(r *peer.Receiver) error { r.Kill(); return nil })
	if err != nil {
		return s, err
	}
	goal := report.Goal{Kind: report.MedianUnder, Bound: 1}
	s.Rows = []report.Row{
		{What: "start after a stop", Unit: report.Seconds, Ours: stopped, Goal: goal},
		{What: "start after kill -9", Unit: report.Seconds, Ours: killed, Goal: goal},
		{What: "start without a checkpoint", Unit: report.Seconds, Ours: whole},
	}
	return s, nil
}

// since is how many facts are after the last checkpoint, at the most.
func (s size) since() int { return min(alert.CheckpointEvery-1, s.facts) }

// starts starts the daemon over and over, and ends it each time.
func (b *bench) starts(ctx context.Context, dir string, times int, end func(*peer.Receiver) error) (report.Series, error) {
	var took report.Series
	for range times {
		r, err := peer.Ours(b.binary).Start(ctx, dir, "udp", none)
		if err != nil {
			return nil, err
		}
		took = append(took, r.Ready.Seconds())
		b.say("start: ready after %v", r.Ready)
		if err := end(r); err != nil {
			return nil, err
		}
	}
	return took, nil
}
