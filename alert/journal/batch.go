package journal

import (
	"fmt"
	"slices"

	"haproxy-alert/alert"
)

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
