package logfile

import (
	"bytes"
	"errors"
	"io"

	"haproxy-alert/syslog/internal/scan"
)

const (
	// MaxLine bounds a line of a log file: HAProxy's longest, four times over,
	// for the headers and escapes around it. Of a longer one the beginning is
	// kept, and it is counted.
	MaxLine = 256 << 10
	// block is what is read at once: little enough to stay in the processor's
	// cache until the lines are cut.
	block = 256 << 10
)

// Splitter cuts the bytes of a log into its lines, with the interface of framing.Framer:
//
//	read into Space --> Filled --> Next, Next, ... until there is none --> ... --> Rest
//
// The beginning of the log tells its format. A journal's entry of several lines is given
// as one, with its line ends, and so is a line that a container runtime wrote in parts.
// Lines come without their ends; how the log was chopped on its way does not change them.
// The zero Splitter is ready for a log that is read from its beginning; Reset makes it
// ready for another one.
type Splitter struct {
	format fileFormat
	known  bool // the format is

	buf    []byte
	r, w   int   // buf[r:w] is not yet cut
	filled int64 // bytes so far

	dropping bool     // the rest of a line that was cut is still to come
	parts    partials // of containers' lines
	entry    entry    // of a journal
	err      error

	lines, cut int64 // given, or put together into what was given; of them those cut
}

// Reset begins with another log. Where that is not read from its beginning, head is how it
// begins; else nil, and what is filled in tells.
func (s *Splitter) Reset(head []byte) {
	*s = Splitter{buf: s.buf, parts: s.parts.emptied(), entry: s.entry.emptied()}
	if head != nil {
		s.format, s.known = formatOf(head), true
	}
}

// Space returns where the next bytes of the log go, once all lines were taken. The line
// given last is lost.
func (s *Splitter) Space() []byte {
	if s.buf == nil {
		s.buf = make([]byte, MaxLine+block)
	}
	if s.r > 0 {
		s.r, s.w = 0, copy(s.buf, s.buf[s.r:s.w])
	}
	return s.buf[s.w : s.w+block]
}

// Filled says that n bytes of space were filled.
func (s *Splitter) Filled(n int) {
	s.w += n
	s.filled += int64(n)
}

// Next returns the next whole line, and whether its end was left out because it is too
// long; ok is false when more bytes must come, or what came cannot be cut (Err). The line
// is valid until Space or Next is called.
func (s *Splitter) Next() (line []byte, cut, ok bool) {
	if !s.known && !s.tell(false) {
		return nil, false, false
	}
	switch s.format {
	case journalEntries, prettyObjects:
		return s.nextEntry()
	case containerLines:
		return s.nextWhole()
	case plainLines:
	}
	return s.nextLine()
}

// Rest returns what is left when the log has ended: of lines in parts it may be two.
func (s *Splitter) Rest() (line []byte, cut, ok bool) {
	if !s.known {
		s.tell(true)
	}
	switch s.format {
	case journalEntries, prettyObjects:
		return s.restOfEntry()
	case containerLines:
		return s.restInParts()
	case plainLines:
	}
	return s.restOfLine()
}

// restAt is Rest behind an error of the reader. Half an entry of a journal that is damaged
// is none.
func (s *Splitter) restAt(err error) (line []byte, cut, ok bool) {
	if s.known && (s.format == journalEntries || s.format == prettyObjects) && !errors.Is(err, io.EOF) {
		return nil, false, false
	}
	return s.Rest()
}

// Err is why what came cannot be cut: nil, or that a journal's entry is damaged.
func (s *Splitter) Err() error { return s.err }

// Offset is how many of the bytes filled in have been cut, or taken into a line of which
// more must come.
func (s *Splitter) Offset() int64 { return s.filled - int64(s.w-s.r) }

// Open reports whether bytes before Offset belong to a line that was not given yet, or
// whose rest is still to be left out.
func (s *Splitter) Open() bool { return s.dropping || s.parts.begun() }

// Before returns bytes that stand just before Offset, as many as are still there.
func (s *Splitter) Before() []byte { return s.buf[:s.r] }

// tell finds the format, as soon as enough is there; ended says that no more will be.
func (s *Splitter) tell(ended bool) bool {
	b := s.buf[s.r:s.w]
	if !ended && len(b) < formatHead && bytes.IndexByte(b, '\n') < 0 {
		return false
	}
	s.format, s.known = formatOf(b), true
	return true
}

func (s *Splitter) nextLine() (line []byte, cut, ok bool) {
	for {
		n := bytes.IndexByte(s.buf[s.r:s.w], '\n')
		if n < 0 {
			return s.overlong()
		}
		line = s.buf[s.r : s.r+n]
		s.r += n + 1
		if s.dropping {
			s.dropping = false
			continue
		}
		line, cut = s.bounded(line)
		return line, cut, true
	}
}

// overlong gives the beginning of a line whose end has not come within MaxLine.
func (s *Splitter) overlong() (line []byte, cut, ok bool) {
	if s.dropping {
		s.r = s.w
		return nil, false, false
	}
	if s.w-s.r <= MaxLine {
		return nil, false, false
	}
	line, cut = s.bounded(s.buf[s.r:s.w])
	s.r, s.dropping = s.w, true
	return line, cut, true
}

// restOfLine gives the last line, which has no end.
func (s *Splitter) restOfLine() (line []byte, cut, ok bool) {
	if s.w == s.r || s.dropping {
		return nil, false, false
	}
	line, cut = s.bounded(s.buf[s.r:s.w])
	s.r = s.w
	return line, cut, true
}

// bounded is the line without CR, cut at MaxLine.
func (s *Splitter) bounded(line []byte) ([]byte, bool) {
	s.lines++
	cut := len(line) > MaxLine
	if cut {
		line = line[:MaxLine]
		s.cut++
	}
	return line[:scan.TrimmedEnd(line)], cut
}

// skip passes over plain lines at the beginning of what has come, until keep wants one,
// and returns how many they are and the last of them. It is Next and keep in one loop, for
// nearly all lines of a log; any other line is left to Next.
func (s *Splitter) skip(keep func(line []byte) bool) (lines int, last []byte) {
	if s.format != plainLines || !s.known || s.dropping {
		return 0, nil
	}
	buf, at := s.buf[s.r:s.w], 0
	for {
		line := buf[at:]
		end := bytes.IndexByte(line, '\n')
		if end <= 0 || end > MaxLine || line[end-1] < ' ' || keep(line[:end]) {
			break
		}
		last = line[:end]
		at += end + 1
		lines++
	}
	s.r += at
	s.lines += int64(lines)
	return lines, last
}

// counts returns how many lines came since it was asked last, and how many of them were
// cut.
func (s *Splitter) counts() (lines, cut int64) {
	lines, cut = s.lines, s.cut
	s.lines, s.cut = 0, 0
	return lines, cut
}
