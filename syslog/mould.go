package syslog

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

// wrapMemory takes off what is wrapped around one line of a log after another: it remembers
// what stood around the last one. The zero wrapMemory is ready.
type wrapMemory struct {
	mould mould   // of JSON
	cri   pattern // before the lines of a container runtime
	space []byte  // of unescaped lines
}

// unwrapped returns the line in a frame, and whether something is wrapped around it.
func (m *wrapMemory) unwrapped(frame []byte) (line []byte, wrapped bool) {
	switch c := firstByte(frame); {
	case c == '{':
		return m.unwrappedJSON(frame)
	case isDigit(c):
		return m.unwrappedContainer(frame)
	}
	line = unwrapped(frame)
	return line, len(line) < len(frame)
}

func (m *wrapMemory) unwrappedJSON(frame []byte) (line []byte, wrapped bool) {
	if line, known := m.mould.line(frame, &m.space); known {
		line = line[:TrimmedEnd(line)]
		return line[skipBlanks(line, 0):], true
	}
	w := wrapping{space: m.space}
	wrapped = w.unwrap(frame)
	m.space = w.space
	if wrapped {
		m.mould.learn(frame, w.place)
	}
	return w.line, wrapped
}

// unwrappedContainer remembers what the runtime writes, in which digits alone differ:
// of its time only the shape counts.
func (m *wrapMemory) unwrappedContainer(frame []byte) (line []byte, wrapped bool) {
	at := m.cri.size
	if at == 0 || len(frame) < at || !m.cri.fits(frame[:at]) {
		var clothing string
		if clothing, _, at = containerHead(frame); at == 0 {
			return frame, false
		}
		if clothing == CRI && at < len(frame) {
			m.cri.learn(frame[:at])
		}
	}
	return frame[skipBlanks(frame, at):], true
}
