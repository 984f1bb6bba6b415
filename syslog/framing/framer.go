package framing

import "bytes"

const (
	// maxCount bounds an octet count, countDigits its digits: what says more is
	// taken for a line, or one wrong count would swallow hours of a stream.
	maxCount    = 16 << 20
	countDigits = len("16777216")
)

// Framer cuts a byte stream into frames, each by its own look (RFC 6587):
//
//	286 <129>1 2026-...    octet counting: LEN SP MSG
//	<129>Nov 21 ...\n      a line, ended by LF or NUL
//	135 Server be/s ...    octet counting of a MSG without PRI (HAProxy's raw)
//
// A number in front of "<digit" is a count, unless the stream has had a line
// without PRI: then it is one of raw lines, and "404 <1>..." is one more of them.
//
// Without a PRI a number is a count only while nothing but such frames has come,
// and only if no LF or NUL stands within the bytes counted, before the last: so
// "404 not found\n" is a line. Behind such a frame another count must follow.
// Else the framing was not what it seemed: the rest of that line is dropped and
// counted as bad, and numbers count no more. So only the first line of a
// connection can be mistaken, and only if it begins with a number and is longer
// than that.
//
// How the stream was chopped on its way never changes the frames.
type Framer struct {
	buffer     // what has come and is not yet cut
	max    int // the longest frame

	skip int  // bytes of a cut frame with a count that are still to come
	drop bool // the rest of a cut or bad line is still to come
	seen int  // bytes from r on already searched for a line end

	priority bool // a frame with a PRI has come
	rawLine  bool // a line without one has come
	rawCount bool // the last frame had a count and no PRI

	// Bad counts the places where the framing was broken.
	Bad uint64
}

// New returns a Framer for one stream; of a frame longer than most bytes that many are
// given. Large buffers are the lender's.
func New(most int, lender *Buffers) *Framer {
	return &Framer{buffer: newBuffer(most, lender), max: most}
}

// room is the buffer that holds every frame: its count, its bytes, its end.
func room(most int) int { return countDigits + 1 + most + 1 }

// Next returns the next whole frame; ok is false when more bytes must come. The
// frame is valid until Space is called.
func (f *Framer) Next() (data []byte, cut, ok bool) {
	if data, ok := f.quick(); ok {
		return data, false, true
	}
	return f.take(false)
}

// Rest returns what is left when the stream has ended.
func (f *Framer) Rest() (data []byte, cut, ok bool) { return f.take(true) }

func (f *Framer) take(ended bool) (data []byte, cut, ok bool) {
	for f.pass() {
		b := f.buf[f.r:f.w]
		if len(b) == 0 {
			return nil, false, false
		}
		if isEnd(b[0]) { // an empty line, or the LF behind a counted frame
			f.advance(1)
			continue
		}
		switch k, prefix, size := f.look(b, ended); k {
		case unclear:
			return nil, false, false
		case counted:
			return f.takeCounted(prefix, size, ended)
		case line:
			if !f.rawCount {
				return f.takeLine(ended)
			}
			f.rawCount, f.rawLine, f.drop = false, true, true
			f.Bad++
		}
	}
	return nil, false, false
}

// pass goes past what is to be dropped, and reports whether it has all come.
func (f *Framer) pass() bool {
	if f.skip > 0 {
		n := min(f.skip, f.w-f.r)
		f.skip -= n
		f.advance(n)
		return f.skip == 0
	}
	if f.drop {
		n := lineEnd(f.buf[f.r:f.w])
		if n < 0 {
			f.advance(f.w - f.r)
			return false
		}
		f.advance(n + 1)
		f.drop = false
	}
	return true
}

func (f *Framer) advance(n int) {
	f.r += n
	f.seen = 0
}

// takeCounted takes a frame of size bytes behind its count.
func (f *Framer) takeCounted(prefix, size int, ended bool) (data []byte, cut, ok bool) {
	b := f.buf[f.r+prefix : f.w]
	keep := min(size, f.max)
	if len(b) < keep && !ended {
		return nil, false, false
	}
	keep = min(keep, len(b))
	f.rawCount = keep == 0 || b[0] != '<'
	f.priority = f.priority || !f.rawCount
	f.advance(prefix + keep)
	f.skip = size - keep
	return b[:keep], keep == f.max && keep < size, true
}

// takeLine takes a frame up to its LF or NUL.
func (f *Framer) takeLine(ended bool) (data []byte, cut, ok bool) {
	b := f.buf[f.r:f.w]
	n := lineEnd(b[f.seen:])
	if b[0] == '<' {
		f.priority = true
	} else {
		f.rawLine = true
	}
	switch {
	case n >= 0 && f.seen+n <= f.max:
		n += f.seen
		f.advance(n + 1)
		return b[:n], false, true
	case len(b) > f.max:
		f.advance(f.max)
		f.drop = true
		return b[:f.max], true, true
	case ended:
		f.advance(len(b))
		return b, false, true
	}
	f.seen = len(b)
	return nil, false, false
}

// look tells what the next frame is: with a count, its length and the size said.
func (f *Framer) look(b []byte, ended bool) (k kind, prefix, size int) {
	digits := 0
	for digits < len(b) && digits < countDigits && isDigit(b[digits]) {
		size = size*10 + int(b[digits]-'0')
		digits++
	}
	switch {
	case f.rawLine || digits == 0 || b[0] == '0' || size > maxCount:
		return line, 0, 0
	case digits == len(b):
		return short(ended), 0, 0
	case b[digits] != ' ':
		return line, 0, 0
	}
	prefix = digits + 1
	return f.lookBehind(b[prefix:], size, ended), prefix, size
}

// lookBehind settles by what follows a number whether it is a count.
func (f *Framer) lookBehind(msg []byte, size int, ended bool) kind {
	switch {
	case len(msg) == 0 || len(msg) == 1 && msg[0] == '<':
		return short(ended)
	case msg[0] == '<' && isDigit(msg[1]):
		return counted
	case f.priority || size > f.max || lineEnd(msg[:min(size-1, len(msg))]) >= 0:
		return line
	case len(msg) < size && (!ended || !f.rawCount):
		return short(ended)
	}
	return counted
}

// short is the framing of what is too short to tell: at the end of the stream it
// is a line that lost its end.
func short(ended bool) kind {
	if ended {
		return line
	}
	return unclear
}

// kind is how a frame is told from the next.
type kind uint8

const (
	unclear kind = iota // more bytes must come
	counted
	line
)

// lineEnd returns the place of the first LF or NUL, -1 when there is none.
func lineEnd(b []byte) int {
	n := bytes.IndexByte(b, '\n')
	if n >= 0 {
		b = b[:n]
	}
	if zero := bytes.IndexByte(b, 0); zero >= 0 {
		return zero
	}
	return n
}

func isEnd(c byte) bool { return c == '\n' || c == 0 }

// quick takes the next frame if it is one of those that nearly every stream is made
// of: whole, not too long, and with a PRI. It is several times as fast as take and
// never says anything else: FuzzFramer holds one against the other.
func (f *Framer) quick() (data []byte, ok bool) {
	b := f.buf[f.r:f.w]
	if len(b) == 0 || f.drop || f.skip|f.seen != 0 {
		return nil, false
	}
	if b[0] == '<' {
		return f.quickLine(b)
	}
	return f.quickCounted(b)
}

func (f *Framer) quickLine(b []byte) (data []byte, ok bool) {
	n := bytes.IndexByte(b, '\n')
	if n < 0 || n > f.max || f.rawCount || f.zeros {
		return nil, false
	}
	f.priority = true
	f.r += n + 1
	return b[:n], true
}

func (f *Framer) quickCounted(b []byte) (data []byte, ok bool) {
	size, at := 0, 0
	for at < len(b) && at < countDigits && isDigit(b[at]) {
		size = size*10 + int(b[at]-'0')
		at++
	}
	at++ // the blank
	if f.rawLine || size < len("<1") || size > f.max || len(b)-at < size ||
		b[0] == '0' || b[at-1] != ' ' || b[at] != '<' || !isDigit(b[at+1]) {
		return nil, false
	}
	f.rawCount, f.priority = false, true
	f.r += at + size
	return b[at : at+size], true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
