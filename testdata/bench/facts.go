package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
	"haproxy-alert/parse"
)

// The history of a farm: outages of 1,000 servers, one after the other, each over after
// 15 more of them. No server fails often enough to be flapping.
const (
	historyServers = 1000
	historyApart   = 15
	historyEvery   = 2600 * time.Millisecond // between two lines
)

// line is the k-th health line of the history, as a fact at its time.
func line(k int, begin time.Time) (alert.Fact, error) {
	text := downText("be_app", k/2%historyServers, historyServers)
	if k%2 == 1 {
		text = upText("be_app", (k/2+historyServers-historyApart)%historyServers, historyServers)
	}
	event, ok := parse.Line(text)
	if !ok {
		return alert.Fact{}, fmt.Errorf("make facts: not a health line: %s", text)
	}
	at := begin.Add(historyEvery * time.Duration(k))
	return alert.Fact{
		Kind: alert.Observed, Time: at, At: at.Truncate(time.Second), Event: event, Text: text,
		Source: alert.Source{Listener: "udp://127.0.0.1:5514", Peer: "127.0.0.1", Tag: "haproxy", PID: 4242, Facility: 16, Severity: 1},
	}, nil
}

// burst is the first n lines.
func burst(n int) ([]alert.Fact, error) {
	facts := make([]alert.Fact, n)
	for k := range facts {
		var err error
		if facts[k], err = line(k, time.Now()); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// history records the facts of a daemon with the console: each line, and what became of
// the notices about it.
type history struct {
	journal *journal.Journal
	state   *alert.State
	begin   time.Time
	lines   int
	seq     uint64
	waiting []alert.Fact // for the next burst of the journal
}

// newHistory opens a history that ends some hours before now, after so many bare lines
// and so many facts that are folded.
func newHistory(dir string, bare, folded int) (*history, error) {
	h := &history{begin: time.Now().Add(-historyEvery * time.Duration(bare+folded/2))}
	h.state = alert.NewState(alert.Policy{
		Timing: alert.Timing{GroupWait: alert.DefaultGroupWait}, Channels: []alert.Channel{{Name: "console"}},
	})
	return h, h.reopen(dir)
}

// reopen opens the journal, for the first time or after a daemon had it.
func (h *history) reopen(dir string) error {
	j, _, err := journal.Open(journal.Options{Dir: dir})
	if err != nil {
		return err
	}
	go drain(j) // ends with Close
	h.journal = j
	return nil
}

// bare records n lines that the state never sees: all they told of is long over.
func (h *history) bare(ctx context.Context, n int) error {
	for range n {
		f, err := line(h.lines, h.begin)
		if err != nil {
			return err
		}
		h.lines++
		if err := h.write(ctx, f); err != nil {
			return err
		}
	}
	return h.flush(ctx)
}

// folded records n facts of lines and of what was told about them.
func (h *history) folded(ctx context.Context, n int) error {
	for last := h.seq + uint64(n); h.seq < last; {
		f, err := line(h.lines, h.begin)
		if err == nil {
			err = h.tellUntil(ctx, f.Time)
		}
		if err == nil {
			err = h.apply(ctx, f)
		}
		if err != nil {
			return err
		}
		h.lines++
	}
	return h.flush(ctx)
}

// tellUntil delivers what becomes due, each notice at its own moment.
func (h *history) tellUntil(ctx context.Context, end time.Time) error {
	for now := h.state.Clock(); ; {
		plan := h.state.Due(now, nil)
		for _, d := range plan.Send {
			if err := h.apply(ctx, alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID}); err != nil {
				return err
			}
		}
		if plan.Idle {
			if err := h.apply(ctx, alert.Fact{Kind: alert.Operator, Time: now}); err != nil {
				return err
			}
		}
		if len(plan.Send) > 0 || plan.Idle {
			continue
		}
		if plan.Next.IsZero() || plan.Next.After(end) {
			return nil
		}
		now = plan.Next
	}
}

func (h *history) apply(ctx context.Context, f alert.Fact) error {
	f.Seq = h.seq + 1
	h.state.Apply(f)
	return h.write(ctx, f)
}

// write puts a fact into the next burst.
func (h *history) write(ctx context.Context, f alert.Fact) error {
	h.seq++
	h.waiting = append(h.waiting, f)
	if len(h.waiting) < alert.MaxBatch {
		return nil
	}
	return h.flush(ctx)
}

func (h *history) flush(ctx context.Context) error {
	err := h.journal.Append(ctx, h.waiting)
	h.waiting = nil // they are the journal's now
	return err
}

// close leaves the journal to a daemon; with a checkpoint, if the state is to be kept.
func (h *history) close(checkpoint bool) error {
	var err error
	if checkpoint {
		err = h.journal.Checkpoint(h.seq, h.state.Checkpoint)
	}
	return errors.Join(err, h.journal.Close())
}

func downText(proxy string, n, of int) string {
	return fmt.Sprintf("Server %s/s%d is DOWN, reason: Layer4 timeout, check duration: 2001ms. "+
		"%d active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", proxy, n, of-1)
}

func upText(proxy string, n, of int) string {
	return fmt.Sprintf("Server %s/s%d is UP, reason: Layer4 check passed, check duration: 1ms. "+
		"%d active and 0 backup servers online. 0 sessions requeued, 0 total in queue.", proxy, n, of)
}

// drain reads what was committed until the journal is closed.
func drain(j *journal.Journal) {
	for range j.Committed() {
		continue
	}
}
