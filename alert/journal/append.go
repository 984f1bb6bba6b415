package journal

import (
	"context"
	"fmt"
	"slices"

	"haproxy-alert/alert"
)

// usualRecord is room for the record of a health line with its event.
const usualRecord = 768

// maxSpare bounds the room that is kept for the records of the next commit.
const maxSpare = 2 << 20

// batch is one Append on its way to the disk.
type batch struct {
	facts   []alert.Fact
	records []byte
	sizes   []int         // of each record in records
	done    chan struct{} // closed when err is final
	err     error
}

// Append makes the facts durable, in their order, and then sends them to
// Committed with their sequence numbers. Calls that wait at the same time are
// committed together.
//
// After an error none of the facts is committed and the call may be repeated as
// it was. When ctx ends while the facts are being written, the call waits for
// the disk and tells the truth.
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
	b, err := encode(facts, j.takeSpare())
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

// takeSpare returns room for records, nil when there is none.
func (j *Journal) takeSpare() []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	spare := j.spare
	j.spare = nil
	return spare
}

// keepSpare keeps the room of records that are written.
func (j *Journal) keepSpare(records []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if cap(records) > cap(j.spare) && cap(records) <= maxSpare {
		j.spare = records[:0]
	}
}

// encode makes the records of facts, all but their headers, where there is room.
func encode(facts []alert.Fact, room []byte) (*batch, error) {
	b := &batch{
		facts:   slices.Clone(facts),
		records: slices.Grow(room, len(facts)*usualRecord),
		sizes:   make([]int, len(facts)),
		done:    make(chan struct{}),
	}
	var stamps stamps
	for i := range b.facts {
		start := len(b.records)
		var header [headerSize]byte
		records, err := encodeFact(append(b.records, header[:]...), &b.facts[i], &stamps)
		if err != nil {
			return nil, fmt.Errorf("encode fact: %w", err)
		}
		b.records, b.sizes[i] = records, len(records)-start
		if length := b.sizes[i] - headerSize; length > maxRecord {
			return nil, fmt.Errorf("encode fact: %w: %d bytes", errLength, length)
		}
	}
	return b, nil
}

// number gives the batch's facts their places from seq on and returns the next.
func (b *batch) number(seq uint64) uint64 {
	rest := b.records
	for i, size := range b.sizes {
		b.facts[i].Seq = seq
		seal(rest[:size], seq)
		rest = rest[size:]
		seq++
	}
	return seq
}
