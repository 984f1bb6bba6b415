package logfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/wrap"
)

// entry is a record of several lines, which comes bit by bit. A field that does not fit
// into MaxLine together with those before it is left out, a core dump as it may be, and
// the entry counts as cut.
type entry struct {
	text  []byte
	field int // where in text the field begins that is coming
	cut   bool
	whole bool // it was given: what comes is another one

	part    entryPart
	missing uint64 // bytes of a binary field that are still to come
	omitted bool   // that field is
}

// entryPart is what comes next of an entry.
type entryPart uint8

const (
	fieldLine  entryPart = iota // a line, or more of it
	fieldSize                   // the number of a binary field's bytes
	fieldBytes                  // these, and a line end
)

// sizeLength is how long the number of a binary field's bytes is.
const sizeLength = 8

func (e *entry) emptied() entry { return entry{text: e.text[:0]} }

// take takes bytes in and returns how many: none when more must come. It stops when the
// entry is whole, which an error says that it can never be.
func (e *entry) take(b []byte, pretty bool) (n int, err error) {
	if e.whole {
		*e = e.emptied()
	}
	switch e.part {
	case fieldLine:
		n = e.takeLine(b, pretty)
	case fieldSize:
		err = e.takeSize(b)
	case fieldBytes:
		n, err = e.takeBytes(b)
	}
	return n, err
}

// takeLine takes the next line, or what has come of it: of a long one its beginning, more
// than fits.
func (e *entry) takeLine(b []byte, pretty bool) int {
	n := bytes.IndexByte(b, '\n') + 1
	ended := n > 0
	if !ended {
		n = len(b)
	}
	if len(e.text) <= MaxLine {
		e.text = append(e.text, b[:n]...)
	}
	switch {
	case !ended:
	case pretty:
		e.endObjectLine()
	default:
		e.endField()
	}
	return n
}

// endField ends a line of a journal's entry: an empty one ends that, too; a name without
// a value is that of a binary field.
func (e *entry) endField() {
	line := e.text[e.field:]
	switch {
	case len(line) == len("\n"):
		e.text, e.whole = e.text[:e.field], e.field > 0
	case bytes.IndexByte(line, '=') < 0:
		e.part = fieldSize
	default:
		e.bound(e.field)
	}
}

// endObjectLine ends a line of an object; those of inner objects are indented.
func (e *entry) endObjectLine() {
	line := e.text[e.field:]
	e.whole = string(line[:scan.TrimmedEnd(line)]) == "}"
	if scan.TrimmedEnd(e.text) == 0 { // an empty line between two
		e.text = e.text[:0]
	}
	e.bound(MaxLine)
}

// bound leaves out what is behind keep when the text has become too long.
func (e *entry) bound(keep int) {
	if len(e.text) > MaxLine {
		e.text, e.cut = e.text[:keep], true
	}
	e.field = len(e.text)
}

// takeSize looks at the number of a binary field's bytes, which is taken with them.
func (e *entry) takeSize(b []byte) error {
	if len(b) < sizeLength {
		return nil
	}
	n := binary.LittleEndian.Uint64(b)
	if n > wrap.MaxField {
		e.bound(e.field)
		return fmt.Errorf("journal entry is damaged: a field says it has %d bytes", n)
	}
	e.part, e.missing = fieldBytes, sizeLength+n+uint64(len("\n"))
	if e.omitted = uint64(len(e.text))+e.missing > MaxLine; e.omitted {
		e.text, e.cut = e.text[:e.field], true
	}
	return nil
}

// takeBytes takes the bytes of a binary field.
func (e *entry) takeBytes(b []byte) (n int, err error) {
	n = int(min(uint64(len(b)), e.missing))
	e.missing -= uint64(n)
	if !e.omitted {
		e.text = append(e.text, b[:n]...)
	}
	if e.missing > 0 {
		return n, nil
	}
	if !e.omitted && e.text[len(e.text)-1] != '\n' {
		err = errors.New("journal entry is damaged: a field has another length than it says")
	}
	e.part, e.field = fieldLine, len(e.text)
	return n, err
}

// nextEntry takes what came into the entry until that is whole.
func (s *Splitter) nextEntry() (text []byte, cut, ok bool) {
	for s.err == nil {
		before := s.entry.part
		n, err := s.entry.take(s.buf[s.r:s.w], s.format == prettyObjects)
		s.r, s.err = s.r+n, err
		switch {
		case err != nil && s.entry.cut:
			s.cut++
		case err == nil && s.entry.whole:
			return s.giveEntry()
		}
		if n == 0 && s.entry.part == before {
			break
		}
	}
	return nil, false, false
}

// restOfEntry gives the entry that has not come to its end.
func (s *Splitter) restOfEntry() (text []byte, cut, ok bool) {
	e := &s.entry
	if s.err != nil || e.whole || scan.TrimmedEnd(e.text) == 0 {
		return nil, false, false
	}
	if s.format == prettyObjects {
		e.bound(MaxLine)
	} else {
		e.bound(e.field)
	}
	return s.giveEntry()
}

func (s *Splitter) giveEntry() (text []byte, cut, ok bool) {
	s.entry.whole = true
	s.lines++
	if s.entry.cut {
		s.cut++
	}
	return s.entry.text, s.entry.cut, true
}
