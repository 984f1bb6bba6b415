package logfile

import (
	"bytes"
	"errors"
	"io"
	"time"

	"haproxy-alert/syslog/internal/scan"
)

const (
	// seekGrain is how near Seek comes to the line it looks for.
	seekGrain = 64 << 10
	// seekReach is how far it looks for a line whose time is known.
	seekReach = 64 << 10
	// seekLines is at how many lines it looks in one place, to know how far they lie out of
	// order.
	seekLines = 64
	// seekMarks is at how many places it looks of a log whose times may have no year: between
	// two of them must lie less than a year.
	seekMarks = 128
	// leapYears is after how many years all days come again, the 29th of February too.
	leapYears = 4
)

// TimeOf tells the time of a line that stands somewhere behind one of that time; zero when it
// tells none. behind is zero for the first line of a log. syslog.Timeline.Later is one.
type TimeOf func(line []byte, behind time.Time) time.Time

// Window is the part of a log that Seek left.
type Window struct {
	// Begins is the time of the line the window begins with; zero when it tells none.
	Begins time.Time
	// Disorder is how far back the time of a line was seen to lie behind that of one before
	// it. A quarter of an hour and more is a sign that lines of several zones stand in the
	// log.
	Disorder time.Duration
}

// Seek leaves out the beginning and the end of a plain file that lie before from and behind
// to, as a bisection finds; a zero time leaves that end alone. It takes the lines to be in
// order, but for what it sees of disorder: so much more stays at both ends. Some more lines
// than those may stay, and none is left out where times are not known. Of any other log it
// does nothing.
//
// It goes before Scan, whose lines are then counted from where they begin.
func (l *File) Seek(timeOf TimeOf, from, to time.Time) error {
	if l.plain() == nil {
		return nil
	}
	s := newSeeker(l, timeOf)
	s.walk()
	begin, end := s.window(from, to)
	if s.disorder > 0 {
		begin, end = s.window(moved(from, -s.disorder), moved(to, s.disorder))
	}
	if s.err != nil {
		return l.damage(s.err)
	}
	if begin.at > 0 || end < l.size {
		l.section = io.NewSectionReader(l.file, begin.at, end-begin.at)
	}
	l.window = Window{Begins: begin.time, Disorder: s.disorder}
	return nil
}

// moved moves a time, unless it is zero.
func moved(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(by)
}

// Window returns what Seek has found; the zero Window before.
func (l *File) Window() Window { return l.window }

// Last returns the time of a plain file's last line that tells one; zero when none of those
// near its end does, and of any other log.
func (l *File) Last(timeOf TimeOf) (last time.Time) {
	if l.plain() == nil {
		return last
	}
	s := newSeeker(l, timeOf)
	s.walk()
	from := max(0, l.size-seekReach)
	var behind time.Time
	for _, m := range s.marks {
		if m.begin.at <= from {
			behind = m.begin.time
		}
	}
	text := s.read(from)
	if from > 0 {
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	for line := range bytes.Lines(text) {
		if t := timeOf(line[:scan.TrimmedEnd(line)], behind); !t.IsZero() {
			last, behind = t, t
		}
	}
	return last
}

// seeker looks at single lines of a file. After an error it finds none.
type seeker struct {
	file   io.ReaderAt
	size   int64
	timeOf TimeOf
	buf    []byte
	err    error

	marks    []view // in the order of their places; the first is the file's beginning
	disorder time.Duration
}

// mark is a place where a line begins, and the time of that line; zero: it tells none.
type mark struct {
	at   int64
	time time.Time
}

func newSeeker(f *File, timeOf TimeOf) *seeker {
	return &seeker{file: f.file, size: f.size, timeOf: timeOf, buf: make([]byte, seekReach)}
}

// walk looks at the file's beginning and, where times have no year, at places all over it, so
// that the time of each is known from the one before.
func (s *seeker) walk() {
	first, ok := s.look(0, s.size, time.Time{})
	first.begin.at = 0
	s.marks = append(s.marks, first)
	if !ok || first.yeared {
		return
	}
	for n := int64(1); n < seekMarks; n++ {
		last := s.marks[len(s.marks)-1].begin
		if v, ok := s.look(s.size/seekMarks*n, s.size, last.time); ok && v.begin.at > last.at {
			s.marks = append(s.marks, v)
		}
	}
}

// window returns where the lines of a stretch begin, and behind what place there are none.
func (s *seeker) window(from, to time.Time) (begin mark, end int64) {
	begin, end = s.marks[0].begin, s.size
	if !to.IsZero() {
		_, end = s.bisect(s.size, func(v view) bool { return !v.earliest.Before(to) })
	}
	if !from.IsZero() {
		begin, _ = s.bisect(end, func(v view) bool { return !v.latest.Before(from) })
	}
	return begin, end
}

// bisect returns places around the first one, before hi, that has reached: lo before it, hi at
// it or behind.
func (s *seeker) bisect(hi int64, reached func(view) bool) (lo mark, _ int64) {
	lo = s.marks[0].begin
	for _, m := range s.marks[1:] {
		if m.begin.at >= hi {
			break
		}
		if reached(m) {
			hi = m.begin.at
			break
		}
		lo = m.begin
	}
	for hi-lo.at > seekGrain && s.err == nil {
		v, ok := s.look(lo.at+(hi-lo.at)/2, hi, lo.time)
		switch {
		case !ok:
			return lo, hi
		case reached(v):
			hi = v.begin.at
		default:
			lo = v.begin
		}
	}
	return lo, hi
}

// view is what a few lines in one place tell.
type view struct {
	begin            mark // the first of them that tells a time
	earliest, latest time.Time
	yeared           bool // its time is the same wherever it stands
}

// look asks lines that begin behind from, and before to, for their times; at the file's
// beginning the first line, too. They stand behind one of the time before.
func (s *seeker) look(from, to int64, before time.Time) (v view, ok bool) {
	text, at := s.read(max(0, from-1)), max(0, from-1)
	for n := 0; n < seekLines; {
		end := bytes.IndexByte(text, '\n')
		if end < 0 || at >= to {
			break
		}
		line := text[:end]
		if at >= from {
			line = line[:scan.TrimmedEnd(line)]
			if t := s.timeOf(line, before); !t.IsZero() {
				if n++; n == 1 {
					v = view{begin: mark{at, t}, earliest: t, latest: t}
					v.yeared = s.timeOf(line, t.AddDate(-leapYears, 0, 0)).Equal(t)
				}
				s.add(&v, t)
				before = t
			}
		}
		at += int64(end) + 1
		text = text[end+1:]
	}
	return v, !v.latest.IsZero()
}

// add takes the time of one more line.
func (s *seeker) add(v *view, t time.Time) {
	if t.Before(v.earliest) {
		v.earliest = t
	}
	if t.After(v.latest) {
		v.latest = t
	}
	s.disorder = max(s.disorder, v.latest.Sub(t))
}

func (s *seeker) read(from int64) []byte {
	n, err := s.file.ReadAt(s.buf, from)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return s.buf[:n]
}
