package journal

import (
	"cmp"
	"fmt"
	"slices"

	"haproxy-alert/alert"
)

// usualRecord is room for the record of a health line with its event.
const usualRecord = 768

// manyFacts are worth a second core, which takes some 50 us to wake up.
const manyFacts = 256

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
	if len(facts) < manyFacts {
		b.records, err = encode(b.records, facts, b.sizes, seq)
	} else {
		b.records, err = encodeMany(b.records, facts, b.sizes, seq)
	}
	return b, err
}

// encodeMany is encode on two cores, into the empty room. The other core is given less,
// for it has to wake up.
func encodeMany(room []byte, facts []alert.Fact, sizes []int, seq uint64) ([]byte, error) {
	n := len(facts) - len(facts)*2/5
	middle := n * usualRecord
	var behind []byte
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		behind, failed = encode(room[middle:middle], facts[n:], sizes[n:], seq+uint64(n))
	}()
	records, err := encode(room[:0:middle], facts[:n], sizes[:n], seq)
	<-done
	if err = cmp.Or(err, failed); err != nil {
		return nil, err
	}
	if len(records) <= middle { // else they have outgrown it and moved
		records = room[:len(records)]
	}
	return append(records, behind...), nil
}

// encode appends the records of facts to b, sealed from seq on, and puts down their
// sizes. It leaves of the facts what a restart will read.
func encode(b []byte, facts []alert.Fact, sizes []int, seq uint64) ([]byte, error) {
	var known stamps
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
