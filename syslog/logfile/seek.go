package logfile

import (
	"bytes"
	"errors"
	"haproxy-alert/syslog/internal/scan"
	"io"
)

const (
	// seekGrain is how near Narrow comes to the line it looks for.
	seekGrain = 64 << 10
	// seekReach is how far it looks for a line whose time is known.
	seekReach = 64 << 10
)

// Reached says whether a line lies behind a moment; known is false when it tells no
// time.
type Reached func(line []byte) (reached, known bool)

// Narrow leaves out the beginning and the end of a plain file that a bisection finds
// to lie before since and behind until; nil leaves that end alone. It takes the
// lines to be in order. Some more lines than those may stay, and none is left out
// where times are not known. Of any other log it does nothing.
//
// It goes before Sift, whose lines are then counted from where they begin.
func (l *Log) Narrow(since, until Reached) error {
	if l.plain() == nil {
		return nil
	}
	s := seeker{at: l.file, buf: make([]byte, seekReach)}
	from, to := int64(0), l.size
	if until != nil {
		_, to = s.bisect(from, to, until)
	}
	if since != nil {
		from, _ = s.bisect(from, to, since)
	}
	if s.err != nil {
		return l.damage(s.err)
	}
	if from > 0 || to < l.size {
		l.window = io.NewSectionReader(l.file, from, to-from)
	}
	return nil
}

// First returns the first line of a plain file, nil of any other log.
func (l *Log) First() []byte {
	if l.plain() == nil {
		return nil
	}
	s := seeker{at: l.file, buf: make([]byte, seekReach)}
	line, _ := s.line(0)
	return line
}

// Tail returns the last lines of a plain file, with their ends, nil of any other log.
func (l *Log) Tail() []byte {
	if l.plain() == nil {
		return nil
	}
	s := seeker{at: l.file, buf: make([]byte, seekReach)}
	_, rest, _ := bytes.Cut(s.read(max(0, l.size-seekReach-1)), []byte{'\n'})
	if l.size <= seekReach {
		rest = s.read(0)
	}
	return rest
}

// seeker looks at single lines of a file. After an error it finds none.
type seeker struct {
	at  io.ReaderAt
	buf []byte
	err error
}

// bisect returns line beginnings around the first line that has reached: lo before
// it, hi at it or behind.
func (s *seeker) bisect(lo, hi int64, reached Reached) (int64, int64) {
	for hi-lo > seekGrain && s.err == nil {
		begin, is, known := s.probe(lo+(hi-lo)/2, hi, reached)
		switch {
		case !known:
			return lo, hi
		case is:
			hi = begin
		default:
			lo = begin
		}
	}
	return lo, hi
}

// probe asks of the first line behind from, before to, that tells its time.
func (s *seeker) probe(from, to int64, reached Reached) (begin int64, is, known bool) {
	text := s.read(from)
	begin = from
	for n := bytes.IndexByte(text, '\n'); n >= 0; n = bytes.IndexByte(text, '\n') {
		line := text[:n]
		if begin > from && begin < to {
			if is, known = reached(line[:scan.TrimmedEnd(line)]); known {
				return begin, is, true
			}
		}
		begin += int64(n) + 1
		text = text[n+1:]
	}
	return 0, false, false
}

// line returns the line that begins at from, when it ends within reach.
func (s *seeker) line(from int64) (line []byte, ok bool) {
	line, _, ok = bytes.Cut(s.read(from), []byte{'\n'})
	return line[:scan.TrimmedEnd(line)], ok
}

func (s *seeker) read(from int64) []byte {
	n, err := s.at.ReadAt(s.buf, from)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return s.buf[:n]
}
