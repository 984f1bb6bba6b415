package wrap

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
)

// unwrapJSON reads an object one of whose own members holds the line. A member of
// an inner object does not count, nor a member that comes twice: then nobody can
// say which is meant, and the frame stays as it is, as if it were no JSON.
//
// HAProxy can be told to log JSON itself (log-format). What a client says stands
// there in members of other names.
func (w *Wrapping) unwrapJSON(frame []byte) bool {
	m := members{text: frame}
	var s fields
	for m.next() {
		if m.value[0] != 'n' { // null says nothing
			s.take(m.key, m.value, m.at)
		}
	}
	if !m.whole() || s.twice {
		return false
	}
	line, ok := unquotedInto(w.space, s.value[lineField])
	if !ok {
		return false
	}
	if copied(s.value[lineField], line) {
		w.space = line
	}
	w.Line, w.place = line[:scan.TrimmedEnd(line)], s.line
	w.Format = s.format()
	w.Prompt = w.Format != JSON
	for r := lineField + 1; r < fieldCount; r++ {
		w.Fields[r] = plainValue(s.value[r])
	}
	return true
}

// copied reports whether what a value says stands elsewhere.
func copied(value, said []byte) bool { return value[0] == '[' || len(said) != len(value)-len(`""`) }

// format tells by the fields whose object it is.
func (s *fields) format() string {
	switch {
	case s.rank[cursorField] > 0:
		return JournalJSON
	case s.rank[streamField] > 0 && keys[s.rank[lineField]-1].name == "log":
		return DockerJSON
	}
	return JSON
}

// plainValue is a word or number as it was written. Elastic's host is an object
// with a name. Words with escapes are none of a host, a tag or a time.
func plainValue(value []byte) []byte {
	switch c := scan.FirstByte(value); {
	case c == '"' && bytes.IndexByte(value, '\\') < 0:
		return value[1 : len(value)-1]
	case c == '{':
		for m := (members{text: value}); m.next(); {
			if string(m.key) == "name" && scan.FirstByte(m.value) == '"' {
				return plainValue(m.value)
			}
		}
	case scan.IsDigit(c):
		return value
	}
	return nil
}

// maxDepth bounds how deep objects and arrays may stand in each other.
const maxDepth = 64

// members walks the members of a JSON object (RFC 8259), from left to right and
// once over each byte. Keys come as they are written, without quotes; values as
// they are written, strings with theirs. What stands inside of an inner object or
// array is not judged, but its brackets must match.
//
// It is made for lines that are mostly not ours: encoding/json would judge, copy
// and allocate.
type members struct {
	text       []byte
	at         int // behind what was read
	key, value []byte
	ended      bool // the object did
}

// next goes to the next member and reports whether there is one. Where there is
// none, whole tells why.
func (m *members) next() bool {
	first := m.at == 0
	c := m.peek()
	more := c == ',' && !first || c == '{' && first
	if more {
		m.at++
		c = m.peek()
	}
	if m.ended = c == '}' && more == first; m.ended {
		m.at++
	}
	return c == '"' && more && m.member()
}

// member reads "key": value.
func (m *members) member() bool {
	from := m.at
	if m.at = StringEnd(m.text, from); m.at == 0 {
		return false
	}
	m.key = m.text[from+1 : m.at-1]
	if m.peek() != ':' {
		return false
	}
	m.at++
	c := m.peek()
	from = m.at
	switch c {
	case '"':
		m.at = StringEnd(m.text, from)
	case '{', '[':
		m.at = bracketEnd(m.text, from)
	default:
		m.at = literalEnd(m.text, from)
	}
	m.value = m.text[from:max(from, m.at)]
	return m.at > from
}

// whole reports whether the object has come to its end, and nothing follows.
func (m *members) whole() bool { return m.ended && m.peek() == 0 && m.at == len(m.text) }

// peek passes blanks and returns the byte there, 0 at the end.
func (m *members) peek() byte {
	for m.at < len(m.text) {
		switch c := m.text[m.at]; c {
		case ' ', '\t', '\n', '\r':
			m.at++
		default:
			return c
		}
	}
	return 0
}

// StringEnd returns the end of the string that begins at at, 0 when it has none: it
// is the first quote behind an even number of backslashes.
func StringEnd(b []byte, at int) int {
	from := at + 1
	for at = from; ; at++ {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 {
			return 0
		}
		at += n
		escapes := at
		for escapes > from && b[escapes-1] == '\\' {
			escapes--
		}
		if (at-escapes)%2 == 0 {
			return at + 1
		}
	}
}

// bracketEnd returns the end of the object or array that begins at at, 0 when its
// brackets do not match or stand too deep.
func bracketEnd(b []byte, at int) int {
	var open [maxDepth]byte
	depth := 0
	for at < len(b) {
		switch c := b[at]; c {
		case '"':
			if at = StringEnd(b, at); at == 0 {
				return 0
			}
			continue
		case '{', '[':
			if depth == maxDepth {
				return 0
			}
			open[depth] = c + 2 // in ASCII, the closing one
			depth++
		case '}', ']':
			depth--
			if open[depth] != c {
				return 0
			}
			if depth == 0 {
				return at + 1
			}
		}
		at++
	}
	return 0
}

// literalEnd returns the end of the number, true, false or null at at, and at
// when there is none.
func literalEnd(b []byte, at int) int {
	for at < len(b) && (scan.IsPlain(b[at]) && b[at] < 0x80 && b[at] != ':' && b[at] != '@' && b[at] != '_') {
		at++
	}
	return at
}
