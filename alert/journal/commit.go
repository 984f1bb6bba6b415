package journal

import (
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
