package syslog

import "bytes"

// maxMould bounds how much around a line is remembered.
const maxMould = 2 << 10

// mould is what stood around the line in the last JSON object: what writes a log
// gives all of them the same members, in which only digits differ, those of times.
// Then the line stands in the same place, and nobody needs to walk the members.
//
// A digit is never a quote, a bracket or a backslash, nor in a name that is known:
// objects that differ in digits alone have the same members.
type mould struct{ before, after pattern }

// line returns the line of an object that has the form remembered; ok is false
// for any other. It is copied into space when it has escapes.
func (m *mould) line(frame []byte, space *[]byte) (line []byte, ok bool) {
	from, to := m.before.size, len(frame)-m.after.size
	if from == 0 || to < from || !m.before.fits(frame[:from]) || !m.after.fits(frame[to:]) {
		return nil, false
	}
	quoted := frame[from-1 : to+1]
	if stringEnd(quoted, 0) != len(quoted) {
		return nil, false // the line ends elsewhere
	}
	line, ok = unquotedInto(*space, quoted)
	if ok && copied(quoted, line) {
		*space = line
	}
	return line, ok
}

// learn remembers what stands around the line, a string, of an object that was read.
func (m *mould) learn(frame []byte, line span) {
	before, after := frame[:line.from+1], frame[line.to-1:]
	if frame[line.from] == '"' && len(before)+len(after) <= maxMould {
		m.before.learn(before)
		m.after.learn(after)
	}
}

// pattern is a text in which other digits may stand.
type pattern struct {
	size   int
	shapes []shape // eight bytes each, the last ones at the end
	short  []byte  // all of it, when it has no eight bytes
}

func (p *pattern) learn(text []byte) {
	const step = 8
	p.size, p.shapes, p.short = len(text), p.shapes[:0], append(p.short[:0], text[:min(len(text), step)]...)
	for at := 0; at+step < len(text); at += step {
		p.shapes = append(p.shapes, shapeLike(text[at:]))
	}
	if len(text) >= step {
		p.shapes = append(p.shapes, shapeLike(text[len(text)-step:]))
	}
}

// fits reports whether a text as long as p differs from it in digits alone.
func (p *pattern) fits(text []byte) bool {
	last := len(p.shapes) - 1
	if last < 0 {
		return bytes.Equal(text, p.short)
	}
	for i := range last {
		if !p.shapes[i].fits(text[8*i:]) {
			return false
		}
	}
	return p.shapes[last].fits(text[p.size-8:])
}
