package wrap

import (
	"haproxy-alert/syslog/internal/scan"
)

// maxMould bounds how much around a line is remembered.
const maxMould = 2 << 10

// jsonTemplate is what stood around the line in the last JSON object: what writes a log
// gives all of them the same members, in which only digits differ, those of times.
// Then the line stands in the same place, and nobody needs to walk the members.
//
// A digit is never a quote, a bracket or a backslash, nor in a name that is known:
// objects that differ in digits alone have the same members.
type jsonTemplate struct{ before, after scan.Pattern }

// line returns the line of an object that has the form remembered; ok is false
// for any other. It is copied into space when it has escapes.
func (m *jsonTemplate) line(frame []byte, space *[]byte) (line []byte, ok bool) {
	from, to := m.before.Size, len(frame)-m.after.Size
	if from == 0 || to < from || !m.before.Fits(frame[:from]) || !m.after.Fits(frame[to:]) {
		return nil, false
	}
	quoted := frame[from-1 : to+1]
	if StringEnd(quoted, 0) != len(quoted) {
		return nil, false // the line ends elsewhere
	}
	line, ok = unquotedInto(*space, quoted)
	if ok && copied(quoted, line) {
		*space = line
	}
	return line, ok
}

// learn remembers what stands around the line, a string, of an object that was read.
func (m *jsonTemplate) learn(frame []byte, line scan.Span) {
	before, after := frame[:line.From+1], frame[line.To-1:]
	if frame[line.From] == '"' && len(before)+len(after) <= maxMould {
		m.before.Learn(before)
		m.after.Learn(after)
	}
}

// Cache takes off what is wrapped around one line of a log after another: it remembers
// what stood around the last one. The zero wrapMemory is ready.
type Cache struct {
	mould jsonTemplate // of JSON
	cri   scan.Pattern // before the lines of a container runtime
	space []byte       // of unescaped lines
}

// Unwrap returns the line in a frame, and whether something is wrapped around it.
func (m *Cache) Unwrap(frame []byte) (line []byte, wrapped bool) {
	switch c := scan.FirstByte(frame); {
	case c == '{':
		return m.unwrappedJSON(frame)
	case scan.IsDigit(c):
		return m.unwrappedContainer(frame)
	}
	line = Inner(frame)
	return line, len(line) < len(frame)
}

func (m *Cache) unwrappedJSON(frame []byte) (line []byte, wrapped bool) {
	if line, known := m.mould.line(frame, &m.space); known {
		line = line[:scan.TrimmedEnd(line)]
		return line[scan.SkipBlanks(line, 0):], true
	}
	w := Wrapping{space: m.space}
	wrapped = w.Unwrap(frame)
	m.space = w.space
	if wrapped {
		m.mould.learn(frame, w.place)
	}
	return w.Line, wrapped
}

// unwrappedContainer remembers what the runtime writes, in which digits alone differ:
// of its time only the shape counts.
func (m *Cache) unwrappedContainer(frame []byte) (line []byte, wrapped bool) {
	at := m.cri.Size
	if at == 0 || len(frame) < at || !m.cri.Fits(frame[:at]) {
		var format string
		if format, _, at = ContainerHeader(frame); at == 0 {
			return frame, false
		}
		if format == CRI && at < len(frame) {
			m.cri.Learn(frame[:at])
		}
	}
	return frame[scan.SkipBlanks(frame, at):], true
}
