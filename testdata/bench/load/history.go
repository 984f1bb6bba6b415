package load

import (
	"context"
	"errors"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/loop"
)

// A History records the facts of a daemon with the console: each line, and what became of
// the notices about it.
type History struct {
	// Seq is how many facts were recorded.
	Seq uint64

	journal *journal.Journal
	state   *engine.State
	begin   time.Time
	lines   int
	waiting []alert.Fact // for the next burst of the journal
}

// NewHistory opens a history that ends some hours before now, after so many bare lines
// and so many facts that are folded.
func NewHistory(dir string, bare, folded int) (*History, error) {
	h := &History{begin: time.Now().Add(-historyEvery * time.Duration(bare+folded/2))}
	h.state = engine.New(alert.Policy{
		Timing: alert.Timing{GroupWait: alert.DefaultGroupWait}, Channels: []alert.Channel{{Name: "console"}},
	}, nil)
	return h, h.Reopen(dir)
}

// Reopen opens the journal, for the first time or after a daemon had it.
func (h *History) Reopen(dir string) error {
	j, _, err := journal.Open(journal.Options{Dir: dir})
	if err != nil {
		return err
	}
	go drain(j) // ends with Close
	h.journal = j
	return nil
}

// Bare records n lines that the state never sees: all they told of is long over.
func (h *History) Bare(ctx context.Context, n int) error {
	for range n {
		f, err := fact(h.lines, h.begin)
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

// Folded records n facts of lines and of what was told about them.
func (h *History) Folded(ctx context.Context, n int) error {
	for last := h.Seq + uint64(n); h.Seq < last; {
		f, err := fact(h.lines, h.begin)
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
func (h *History) tellUntil(ctx context.Context, end time.Time) error {
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

func (h *History) apply(ctx context.Context, f alert.Fact) error {
	f.Seq = h.Seq + 1
	h.state.Apply(f)
	return h.write(ctx, f)
}

// write puts a fact into the next burst.
func (h *History) write(ctx context.Context, f alert.Fact) error {
	h.Seq++
	h.waiting = append(h.waiting, f)
	if len(h.waiting) < loop.MaxBatch {
		return nil
	}
	return h.flush(ctx)
}

func (h *History) flush(ctx context.Context) error {
	err := h.journal.Append(ctx, h.waiting)
	h.waiting = nil // they are the journal's now
	return err
}

// Close leaves the journal to a daemon; with a checkpoint, if the state is to be kept.
func (h *History) Close(checkpoint bool) error {
	var err error
	if checkpoint {
		err = h.journal.Checkpoint(h.Seq, h.state.Checkpoint)
	}
	return errors.Join(err, h.journal.Close())
}

// drain reads what was committed until the journal is closed.
func drain(j *journal.Journal) {
	for range j.Committed() {
		continue
	}
}
