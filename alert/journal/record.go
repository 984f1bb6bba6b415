package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// A record is a header of 20 bytes and its payload; numbers are little-endian:
//
//	0  magic    4 bytes
//	4  length   of the payload
//	8  CRC32C   of length, seq and payload
//	12 seq      8 bytes
//	20 payload
const headerSize = 20

// maxRecord bounds the payload of a fact's record. A line is at most 64 KiB and
// stands in its fact twice, so a longer record is refused by Append and is
// damage to a reader.
const maxRecord = 4 << 20

// Each magic holds a byte that UTF-8 and so JSON never holds. Whatever a checked
// server writes into "info", no payload can pass for a record.
const (
	factMagic       = "\xffHA1"
	checkpointMagic = "\xffHC1"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// What is wrong with a record that cannot be read.
var (
	errCut      = errors.New("record is cut short")
	errZeros    = errors.New("zeros instead of a record")
	errMagic    = errors.New("no record begins here")
	errLength   = errors.New("record is longer than any can be")
	errChecksum = errors.New("record fails its checksum")
)

// record is one good record of a segment; payload points into what was read.
type record struct {
	seq     uint64
	payload []byte
}

// sealHeader fills in the header, headerSize bytes, of a record with the payload.
func sealHeader(header, payload []byte, magic string, seq uint64) {
	fillHeader(header, uint32(len(payload)), magic, seq)
	binary.LittleEndian.PutUint32(header[8:], checksum(header, payload))
}

// seal fills in the header that a fact's record begins with.
func seal(record []byte, seq uint64) {
	fillHeader(record, uint32(len(record)-headerSize), factMagic, seq)
	sum := crc32.Update(0, castagnoli, record[4:8])
	binary.LittleEndian.PutUint32(record[8:], crc32.Update(sum, castagnoli, record[12:]))
}

// fillHeader leaves out the checksum.
func fillHeader(header []byte, length uint32, magic string, seq uint64) {
	copy(header, magic)
	binary.LittleEndian.PutUint32(header[4:], length)
	binary.LittleEndian.PutUint64(header[12:], seq)
}

// headerOf returns the header of a payload that is read to its end.
func headerOf(payload io.Reader, length uint32, magic string, seq uint64) ([]byte, error) {
	header := make([]byte, headerSize)
	fillHeader(header, length, magic, seq)
	sum := checksum(header, nil)
	buf := make([]byte, 64<<10)
	for {
		n, err := payload.Read(buf)
		sum = crc32.Update(sum, castagnoli, buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	binary.LittleEndian.PutUint32(header[8:], sum)
	return header, nil
}

// checksum covers everything that the magic and the checksum itself leave.
func checksum(header, payload []byte) uint32 {
	sum := crc32.Update(0, castagnoli, header[4:8])
	sum = crc32.Update(sum, castagnoli, header[12:headerSize])
	return crc32.Update(sum, castagnoli, payload)
}

// readRecord reads the record that begins at b[0] and is at most limit bytes of
// payload; it returns the record and its size in b.
func readRecord(b []byte, magic string, limit int) (record, int, error) {
	if err := checkMagic(b, magic); err != nil {
		return record{}, 0, err
	}
	if len(b) < headerSize {
		return record{}, 0, errCut
	}
	length := binary.LittleEndian.Uint32(b[4:])
	if uint64(length) > uint64(limit) {
		return record{}, 0, fmt.Errorf("%w: %d bytes", errLength, length)
	}
	size := headerSize + int(length)
	if len(b) < size {
		return record{}, 0, errCut
	}
	if checksum(b, b[headerSize:size]) != binary.LittleEndian.Uint32(b[8:]) {
		return record{}, 0, errChecksum
	}
	return record{binary.LittleEndian.Uint64(b[12:]), b[headerSize:size]}, size, nil
}

// checkMagic says whether b begins like a record, as far as it goes.
func checkMagic(b []byte, magic string) error {
	n := min(len(b), len(magic))
	switch {
	case string(b[:n]) != magic[:n] && b[0] == 0:
		return errZeros
	case string(b[:n]) != magic[:n]:
		return errMagic
	case n < len(magic):
		return errCut
	}
	return nil
}

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

// ErrVersion says that a file was written by another version of this program, in a layout
// that this one does not know.
var ErrVersion = errors.New("written by another version")

// versionProbe is how much of a file is looked at for its version.
const versionProbe = 64 << 10

// otherVersion reports whether the beginning of a file is that of another version: its
// magic has another digit, nothing of ours follows, and the record is not just one of ours
// whose digit is damaged, for the checksum does not cover it.
func otherVersion(b []byte, magic string) bool {
	digit := len(magic) - 1
	if len(b) < headerSize || string(b[:digit]) != magic[:digit] || b[digit] < '0' || b[digit] > '9' || bytes.Contains(b, []byte(magic)) {
		return false
	}
	own := append([]byte(magic), b[len(magic):]...)
	_, _, err := readRecord(own, magic, math.MaxUint32)
	return err != nil || bytes.Count(b, b[:len(magic)]) > 1
}
