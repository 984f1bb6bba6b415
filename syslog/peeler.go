package syslog

// Peeler takes the header off one line of a log after another, and finds the same
// text as Body does. It remembers the last header: nearly all lines of a log have
// that one, but for the time; and so it remembers what was wrapped around the last
// line, and the header in there. A line wrapped in JSON is unescaped in its memory.
// It belongs to one goroutine; the zero Peeler is ready.
type Peeler struct {
	memory
	inner memory  // of headers in wrappings
	mould mould   // of JSON
	cri   pattern // before the lines of a container runtime
	space []byte  // of unescaped lines
}

// Body returns the text of a line. It is valid until the next one is asked for, and
// as long as the line is.
func (p *Peeler) Body(frame []byte) []byte {
	frame = frame[:TrimmedEnd(frame)]
	if at, ok := p.begins(frame); ok {
		return frame[at:]
	}
	if line, wrapped := p.unwrapped(frame); wrapped {
		return p.inner.text(line)
	}
	return p.text(frame)
}

// unwrapped returns the line in a frame, and whether something is wrapped around it.
func (p *Peeler) unwrapped(frame []byte) (line []byte, wrapped bool) {
	switch c := firstByte(frame); {
	case c == '{':
		return p.unwrappedJSON(frame)
	case isDigit(c):
		return p.unwrappedContainer(frame)
	}
	line = unwrapped(frame)
	return line, len(line) < len(frame)
}

func (p *Peeler) unwrappedJSON(frame []byte) (line []byte, wrapped bool) {
	if line, known := p.mould.line(frame, &p.space); known {
		line = line[:TrimmedEnd(line)]
		return line[skipBlanks(line, 0):], true
	}
	w := wrapping{space: p.space}
	wrapped = w.unwrap(frame)
	p.space = w.space
	if wrapped {
		p.mould.learn(frame, w.place)
	}
	return w.line, wrapped
}

// unwrappedContainer remembers what the runtime writes, in which digits alone differ:
// of its time only the shape counts.
func (p *Peeler) unwrappedContainer(frame []byte) (line []byte, wrapped bool) {
	at := p.cri.size
	if at == 0 || len(frame) < at || !p.cri.fits(frame[:at]) {
		var clothing string
		if clothing, _, at = containerHead(frame); at == 0 {
			return frame, false
		}
		if clothing == CRI && at < len(frame) {
			p.cri.learn(frame[:at])
		}
	}
	return frame[skipBlanks(frame, at):], true
}
