package journal

import (
	"bytes"
	"errors"
	"fmt"
)

var errGap = errors.New("the numbers of the records have a gap")

// scanner reads the records of one segment, good ones and the stretches between
// that are damaged.
type scanner struct {
	file string
	data []byte
	// last is the sequence number before the next one wanted, limit the highest
	// that was committed to this segment; what follows it is no fact.
	last, limit uint64
	// open marks the last segment: its limit is no number of facts it must hold.
	open bool

	offset int
}

// scan gives every record to yield, or the damage in its place, until yield
// returns false or everything up to the limit was seen.
func (s *scanner) scan(yield func(record, *Damage) bool) bool {
	for s.last < s.limit && s.offset < len(s.data) {
		r, size, err := s.read(s.offset)
		if err != nil {
			if !yield(record{}, s.skip(err)) {
				return false
			}
			continue
		}
		if r.seq > s.limit {
			break
		}
		if r.seq != s.last+1 && !yield(record{}, s.gap(0, r.seq-1, errGap)) {
			return false
		}
		s.offset += size
		s.last = r.seq
		if !yield(r, nil) {
			return false
		}
	}
	if s.open || s.last >= s.limit {
		return true
	}
	return yield(record{}, s.gap(0, s.limit, errGap))
}

// read reads the record at offset and refuses one that does not come later than
// those before it.
func (s *scanner) read(offset int) (record, int, error) {
	r, size, err := readRecord(s.data[offset:], factMagic, maxRecord)
	if err == nil && r.seq <= s.last {
		err = fmt.Errorf("repeats fact %d", r.seq)
	}
	return r, size, err
}

// skip passes over a damaged stretch: to the next good record, or to the end.
func (s *scanner) skip(cause error) *Damage {
	start := s.offset
	for s.offset++; s.offset < len(s.data); s.offset++ {
		next := bytes.Index(s.data[s.offset:], []byte(factMagic))
		if next < 0 {
			s.offset = len(s.data)
			break
		}
		s.offset += next
		if r, _, err := s.read(s.offset); err == nil {
			return s.damage(start, min(r.seq-1, s.limit), cause)
		}
	}
	if !s.open {
		return s.damage(start, s.limit, cause)
	}
	d := s.damage(start, s.last, cause)
	d.tail = true
	return d
}

// damage reports the bytes from start to here and the facts up to last that were
// lost with them.
func (s *scanner) damage(start int, last uint64, cause error) *Damage {
	d := s.gap(s.offset-start, last, cause)
	d.Offset = int64(start)
	return d
}

// gap reports that the facts after s.last and up to last are not here.
func (s *scanner) gap(size int, last uint64, cause error) *Damage {
	d := &Damage{File: s.file, Offset: int64(s.offset), Bytes: int64(size), Err: cause}
	if last > s.last {
		d.First, d.Last = s.last+1, last
		s.last = last
	}
	return d
}
