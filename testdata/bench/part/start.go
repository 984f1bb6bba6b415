package part

import (
	"context"
	"errors"
	"fmt"

	"haproxy-alert/alert/loop"
	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// Start measures how long the daemon takes to be ready when its journal is large.
type Start struct {
	Facts int // in the journal
	Runs  int
}

// Measure starts it after stops, and after kills.
func (p Start) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "Start",
		How: fmt.Sprintf(`The journal holds %s facts: outages of 1,000 servers. The time runs from the exec of the program to its words "ready",
when it takes lines. Once the daemon before it was stopped, and wrote its state down; once it was killed (kill -9) with %s facts
since it last had, the most there may be.`,
			report.Lines.Format(float64(p.Facts)), report.Lines.Format(float64(p.since()))),
		Limit: `After a stop the state is one file, and only the last segment of the journal is looked at. After a kill the facts since are
read, which are JSON, and folded once more.`,
	}
	dir, err := b.folder("start")
	if err != nil {
		return s, err
	}
	stopped, killed, err := p.restarts(ctx, b, dir)
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
func (p Start) restarts(ctx context.Context, b *Bench, dir string) (stopped, killed report.Series, err error) {
	journal, since := peer.Journal(dir), p.since()
	past, err := load.NewHistory(journal, p.Facts-since, 2*since)
	if err == nil {
		err = errors.Join(past.Bare(ctx, p.Facts-since), past.Folded(ctx, since), past.Close(true))
	}
	if err != nil {
		return nil, nil, err
	}
	b.say("start: %d facts recorded", past.Seq)
	if stopped, err = p.starts(ctx, b, dir, (*peer.Receiver).Stop); err != nil {
		return nil, nil, err
	}
	if err := past.Reopen(journal); err != nil {
		return nil, nil, err
	}
	if err := errors.Join(past.Folded(ctx, since), past.Close(false)); err != nil {
		return nil, nil, err
	}
	killed, err = p.starts(ctx, b, dir, func(r *peer.Receiver) error { r.Kill(); return nil })
	return stopped, killed, err
}

// since is how many facts are after the last checkpoint, at the most.
func (p Start) since() int { return min(loop.CheckpointEvery-1, p.Facts) }

// starts starts the daemon over and over, and ends it each time.
func (p Start) starts(ctx context.Context, b *Bench, dir string, end func(*peer.Receiver) error) (report.Series, error) {
	var took report.Series
	for range p.Runs {
		r, err := b.ours().Start(ctx, dir, "udp", none)
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
