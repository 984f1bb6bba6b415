package main

import (
	"context"
	"errors"
	"fmt"

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
		Limit: `After a stop the state is one file, and only the last segment of the journal is looked at. After a kill the facts since are
read, which are JSON, and folded once more.`,
	}
	dir, err := b.folder("start")
	if err != nil {
		return s, err
	}
	stopped, killed, err := b.restarts(ctx, peer.Journal(dir), dir)
	if err != nil {
		return s, err
	}
	goal := report.Goal{Kind: report.MedianUnder, Bound: 1}
	s.Rows = []report.Row{
		{What: "start after a stop", Unit: report.Seconds, Ours: stopped, Goal: goal},
		{What: "start after kill -9", Unit: report.Seconds, Ours: killed, Goal: goal},
	}
	return s, nil
}

// restarts makes a journal, once left behind by a stop and once by a kill, and starts
// the daemon on it.
func (b *bench) restarts(ctx context.Context, journal, dir string) (stopped, killed report.Series, err error) {
	since := b.size.since()
	past, err := newHistory(journal, b.size.facts-since, 2*since)
	if err == nil {
		err = errors.Join(past.bare(ctx, b.size.facts-since), past.folded(ctx, since), past.close(true))
	}
	if err != nil {
		return nil, nil, err
	}
	b.say("start: %d facts recorded", past.seq)
	if stopped, err = b.starts(ctx, dir, b.size.pairs, (*peer.Receiver).Stop); err != nil {
		return nil, nil, err
	}
	if err := past.reopen(journal); err != nil {
		return nil, nil, err
	}
	if err := errors.Join(past.folded(ctx, since), past.close(false)); err != nil {
		return nil, nil, err
	}
	killed, err = b.starts(ctx, dir, b.size.pairs, func(r *peer.Receiver) error { r.Kill(); return nil })
	return stopped, killed, err
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
