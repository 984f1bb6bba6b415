package syslog

import "bytes"

// unwrapJSON reads an object one of whose own members holds the line. A member of
// an inner object does not count, nor a member that comes twice: then nobody can
// say which is meant, and the frame stays as it is, as if it were no JSON.
//
// HAProxy can be told to log JSON itself (log-format). What a client says stands
// there in members of other names.
func (w *wrapping) unwrapJSON(frame []byte) bool {
	m := members{text: frame}
	var s said
	for m.next() {
		if m.value[0] != 'n' { // null says nothing
			s.take(m.key, m.value, m.at)
		}
	}
	if !m.whole() || s.twice {
		return false
	}
	line, ok := unquotedInto(w.space, s.value[roleLine])
	if !ok {
		return false
	}
	if copied(s.value[roleLine], line) {
		w.space = line
	}
	w.line, w.place = line[:TrimmedEnd(line)], s.line
	w.clothing = s.clothing()
	w.prompt = w.clothing != JSON
	for r := roleLine + 1; r < roles; r++ {
		w.said[r] = plainValue(s.value[r])
	}
	return true
}

// copied reports whether what a value says stands elsewhere.
func copied(value, said []byte) bool { return value[0] == '[' || len(said) != len(value)-len(`""`) }

// clothing tells by the fields whose object it is.
func (s *said) clothing() string {
	switch {
	case s.rank[roleCursor] > 0:
		return JournalJSON
	case s.rank[roleStream] > 0 && keys[s.rank[roleLine]-1].name == "log":
		return DockerJSON
	}
	return JSON
}

// plainValue is a word or number as it was written. Elastic's host is an object
// with a name. Words with escapes are none of a host, a tag or a time.
func plainValue(value []byte) []byte {
	switch c := firstByte(value); {
	case c == '"' && bytes.IndexByte(value, '\\') < 0:
		return value[1 : len(value)-1]
	case c == '{':
		for m := (members{text: value}); m.next(); {
			if string(m.key) == "name" && firstByte(m.value) == '"' {
				return plainValue(m.value)
			}
		}
	case isDigit(c):
		return value
	}
	return nil
}
