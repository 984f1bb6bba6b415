package journal

import (
	"context"
	"fmt"
	"slices"

	"haproxy-alert/alert"
)

// maxSpare bounds the room that is kept for the records of the next commit.
const maxSpare = 2 << 20

// Append makes the facts durable, in their order, and then sends them to
// Committed with their sequence numbers. Calls that wait at the same time are
// committed together.
//
// The facts are the journal's until Append returns, and after success they are
// those of Committed: the caller must not touch them again. After an error they are
// the caller's, none of them is committed and the call may be repeated as it was.
// When ctx ends while the facts are being written, the call waits for the disk and
// tells the truth.
func (j *Journal) Append(ctx context.Context, facts []alert.Fact) error {
	if len(facts) == 0 {
		return nil
	}
	err := j.append(ctx, facts)
	if err != nil {
		return fmt.Errorf("append %d facts: %w", len(facts), err)
	}
	return nil
}

func (j *Journal) append(ctx context.Context, facts []alert.Fact) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	room, seq := j.takeSpare()
	b, err := newBatch(facts, room, seq)
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.waiting = append(j.waiting, b)
	j.mu.Unlock()
	select {
	case <-b.done: // another call took the turn and wrote ours with its own
		return b.err
	case <-j.turn:
		j.commitWaiting()
		<-b.done
		return b.err
	case <-ctx.Done():
		return j.withdraw(b, ctx.Err())
	case <-j.closing:
		return j.withdraw(b, ErrClosed)
	}
}

// withdraw takes b back for the given cause, unless it is being written.
func (j *Journal) withdraw(b *batch, cause error) error {
	j.mu.Lock()
	i := slices.Index(j.waiting, b)
	if i >= 0 {
		j.waiting = slices.Delete(j.waiting, i, i+1)
	}
	j.mu.Unlock()
	if i >= 0 {
		return cause
	}
	<-b.done
	return b.err
}

// takeSpare returns room for records, nil when there is none, and what number the next
// fact will have, as it looks.
func (j *Journal) takeSpare() (room []byte, seq uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	room = j.spare
	j.spare = nil
	return room, j.stats.Seq + 1
}

// keepSpare keeps the room of records that are written.
func (j *Journal) keepSpare(records []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if cap(records) > cap(j.spare) && cap(records) <= maxSpare {
		j.spare = records[:0]
	}
}
