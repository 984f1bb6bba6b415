package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"haproxy-alert/alert"
)

// commitWaiting writes all that waits with one write and one sync, answers the
// calls, hands the facts over and gives the turn back. The caller has the turn.
func (j *Journal) commitWaiting() {
	j.mu.Lock()
	batches := j.waiting
	j.waiting = nil
	j.mu.Unlock()
	if len(batches) == 0 {
		j.turn <- struct{}{}
		return
	}
	next, facts, records := j.arrange(batches)
	err := j.write(records)
	j.keepSpare(records)
	if err == nil {
		give(facts, j.next)
		j.next = next
	} else {
		err = errors.Join(err, j.abandon())
	}
	j.count(Stats{Appends: uint64(len(batches)), Facts: uint64(len(facts)), Bytes: uint64(len(records))}, err)
	for _, b := range batches {
		b.err = err
		close(b.done)
	}
	if err != nil {
		j.turn <- struct{}{}
		return
	}
	j.hand(facts)
}

// arrange numbers the records and makes one batch of all.
func (j *Journal) arrange(batches []*batch) (next uint64, facts []alert.Fact, records []byte) {
	next = batches[0].seal(j.next)
	facts, records = batches[0].facts, batches[0].records
	for _, b := range batches[1:] {
		next = b.seal(next)
		facts = append(facts, b.facts...)
		records = append(records, b.records...)
	}
	return next, facts, records
}

// give gives the facts their places from seq on.
func give(facts []alert.Fact, seq uint64) {
	for i := range facts {
		facts[i].Seq = seq + uint64(i)
	}
}

// write puts the records on disk, in a new segment when the active one is full.
// After an error the active segment is of no more use.
func (j *Journal) write(records []byte) error {
	if j.active != nil && j.tail.size > 0 && j.tail.size+int64(len(records)) > j.options.SegmentSize {
		if err := j.closeActive(); err != nil {
			return err
		}
	}
	if j.active == nil {
		if err := j.begin(); err != nil {
			return fmt.Errorf("begin segment: %w", err)
		}
	}
	n, err := j.active.Write(records)
	j.tail.size += int64(n)
	j.grow(0, int64(n))
	if err != nil {
		return err
	}
	return j.active.Sync()
}

// abandon lets go of the active segment after an error. When it holds nothing
// that was ever committed it is removed, so that a full disk is not filled up
// with the remains of every try; if that fails too, the next try is named apart.
func (j *Journal) abandon() error {
	if j.active == nil {
		return nil
	}
	err := j.closeActive()
	if j.tail.first == j.next && os.Remove(j.tail.path) == nil {
		j.grow(-1, -j.tail.size)
	}
	return err
}

// begin makes the segment that the next fact goes to.
func (j *Journal) begin() error {
	f, s, err := j.create(j.options.Dir, j.next)
	if err != nil {
		return err
	}
	j.active, j.tail = f, s
	j.grow(1, 0)
	return nil
}

// hand sends a commit to Committed. When the reader is far behind, a goroutine
// waits for it and keeps the turn, which is what makes Append block.
func (j *Journal) hand(facts []alert.Fact) {
	stretches := slices.Collect(slices.Chunk(facts, Stretch))
	for k, stretch := range stretches {
		select {
		case j.committed <- stretch:
		default:
			j.handLater(stretches[k:])
			return
		}
	}
	j.turn <- struct{}{}
}

func (j *Journal) handLater(stretches [][]alert.Fact) {
	j.mu.Lock()
	j.stats.Stalls++
	j.mu.Unlock()
	j.handover.Go(func() {
		defer func() { j.turn <- struct{}{} }()
		for _, stretch := range stretches {
			select {
			case j.committed <- stretch:
			case <-j.closing:
				return
			}
		}
	})
}

// count adds one commit to the counters.
func (j *Journal) count(done Stats, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.stats.Failures++
		return
	}
	j.stats.Commits++
	j.stats.Appends += done.Appends
	j.stats.Facts += done.Facts
	j.stats.Bytes += done.Bytes
	j.stats.Seq = j.next - 1
}

// grow keeps the sum of the segments on disk.
func (j *Journal) grow(segments int, bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stats.Segments += segments
	j.stats.Size += bytes
}

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

// usualRecord is room for the record of a health line with its event.
const usualRecord = 768

// batch is one Append on its way to the disk.
type batch struct {
	facts   []alert.Fact
	records []byte
	sizes   []int         // of each record in records
	seq     uint64        // what the first record is sealed as
	done    chan struct{} // closed when err is final
	err     error
}

// newBatch makes the records of facts where there is room. They are sealed as seq and
// those after it, which is right unless another call comes first.
func newBatch(facts []alert.Fact, room []byte, seq uint64) (*batch, error) {
	b := &batch{
		facts:   slices.Clip(facts), // what follows them is not ours
		records: slices.Grow(room, len(facts)*usualRecord),
		sizes:   make([]int, len(facts)),
		seq:     seq,
		done:    make(chan struct{}),
	}
	var err error
	b.records, err = encode(b.records, facts, b.sizes, seq)
	return b, err
}

// encode appends the records of facts to b, sealed from seq on, and puts down their
// sizes. It leaves of the facts what a restart will read.
func encode(b []byte, facts []alert.Fact, sizes []int, seq uint64) ([]byte, error) {
	var known common
	for i := range facts {
		start := len(b)
		var header [headerSize]byte
		var err error
		b, err = encodeFact(append(b, header[:]...), &facts[i], &known)
		if err != nil {
			return nil, fmt.Errorf("encode fact: %w", err)
		}
		sizes[i] = len(b) - start
		if length := sizes[i] - headerSize; length > maxRecord {
			return nil, fmt.Errorf("encode fact: %w: %d bytes", errLength, length)
		}
		seal(b[start:], seq+uint64(i))
	}
	return b, nil
}

// seal numbers the records from seq on, unless they are, and returns the next number.
func (b *batch) seal(seq uint64) uint64 {
	next := seq + uint64(len(b.sizes))
	if b.seq == seq {
		return next
	}
	b.seq = seq
	rest := b.records
	for i, size := range b.sizes {
		seal(rest[:size], seq+uint64(i))
		rest = rest[size:]
	}
	return next
}
