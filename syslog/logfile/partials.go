package logfile

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
	"haproxy-alert/syslog/wrap"
)

const (
	// dockerBegin begins the lines of Docker's json-file driver.
	dockerBegin = `{"log":"`
	// dockerPart is where Docker splits lines: a shorter one that lacks its LF is
	// no part, someone took the LF away.
	dockerPart = 16 << 10
)

// partials puts lines together that a container runtime wrote in parts, so that a
// client whose request is long enough cannot begin a line. The streams of a
// container may alternate; each has its own parts. Of a line longer than MaxLine
// the parts that fit are kept, and it counts as cut.
type partials struct {
	open [2]splitLine // stdout, stderr
	time int          // how long the last line's time was, of CRI
}

// splitLine is a line of which parts have come: new ones go between its head and
// its tail.
type splitLine struct {
	head, tail []byte
	begun, cut bool
}

// part is where the content of a container's line stands.
type part struct {
	stream   int
	from, to int
	goesOn   bool
}

func (p *partials) emptied() partials {
	for i := range p.open {
		p.open[i].begun = false
	}
	return *p
}

// begun reports whether of a line only the beginning has come.
func (p *partials) begun() bool { return p.open[0].begun || p.open[1].begun }

// nextWhole gives the next line that is whole, or has become so.
func (s *Splitter) nextWhole() (line []byte, cut, ok bool) {
	for line, cut, ok = s.nextLine(); ok; line, cut, ok = s.nextLine() {
		if line, cut = s.join(line, cut); line != nil {
			return line, cut, true
		}
	}
	return nil, false, false
}

// join takes a line and returns it, or the line whose last part it is; nil when more parts
// must come.
func (s *Splitter) join(line []byte, cut bool) (whole []byte, wholeCut bool) {
	whole, wholeCut = s.parts.take(line, cut)
	if wholeCut && !cut {
		s.cut++
	}
	return whole, wholeCut
}

// restInParts gives the last line, which has no end, and then what was begun and did not
// end.
func (s *Splitter) restInParts() (line []byte, cut, ok bool) {
	if line, cut, ok = s.restOfLine(); ok {
		if line, cut = s.join(line, cut); line != nil {
			return line, cut, true
		}
	}
	for i := range s.parts.open {
		if l := &s.parts.open[i]; l.begun {
			line, cut = l.end()
			if cut {
				s.cut++
			}
			return line, cut, true
		}
	}
	return nil, false, false
}

// take takes a line and returns it, or the line whose last part it is; nil when
// more parts must come.
func (p *partials) take(line []byte, cut bool) ([]byte, bool) {
	if p.alone(line) {
		return line, cut
	}
	part, ok := partOf(line)
	if !ok {
		return line, cut
	}
	s := &p.open[part.stream]
	switch {
	case !s.begun && !part.goesOn:
		return line, cut
	case !s.begun:
		s.begin(line, part, cut)
	case s.cut:
	case len(s.head)+part.to-part.from+len(s.tail) > MaxLine:
		s.cut = true
	default:
		s.head = append(s.head, line[part.from:part.to]...)
	}
	if part.goesOn {
		return nil, false
	}
	return s.end()
}

// alone tells of nearly every line at a glance that it is no part.
func (p *partials) alone(line []byte) bool {
	if p.begun() {
		return false
	}
	if len(line) < dockerPart && scan.FirstByte(line) == '{' {
		return true
	}
	const tags = len(" stdout ")
	if n := p.time; len(line) > n+tags && bytes.IndexByte(line[:n+1], ' ') == n && line[n+tags] == 'F' {
		return true
	}
	p.time = min(len(scan.NextWord(line, 0)), timestamp.ISOLongest)
	return false
}

// begin takes the first part.
func (s *splitLine) begin(line []byte, p part, cut bool) {
	s.head = append(s.head[:0], line[:p.to]...)
	s.tail = append(s.tail[:0], line[p.to:]...)
	s.begun, s.cut = true, cut
}

// end returns the line, until the next one begins.
func (s *splitLine) end() (line []byte, cut bool) {
	s.begun = false
	s.head = append(s.head, s.tail...)
	return s.head, s.cut
}

// partOf tells what a line of a container's log is.
func partOf(line []byte) (p part, ok bool) {
	if bytes.HasPrefix(line, []byte(dockerBegin)) {
		return dockerPartOf(line)
	}
	format, n, at := wrap.ContainerHeader(line)
	if format != wrap.CRI {
		return part{}, false
	}
	goesOn, _ := wrap.CRITags(line[n+1:])
	return part{stream: streamOf(line[n+1:]), from: at, to: len(line), goesOn: goesOn}, true
}

// dockerPartOf reads `{"log":"...","stream":"stdout",...}`.
func dockerPartOf(line []byte) (p part, ok bool) {
	from := len(dockerBegin)
	end := wrap.StringEnd(line, from-1)
	const stream = `,"stream":"`
	if end == 0 || !bytes.HasPrefix(line[end:], []byte(stream+"std")) {
		return part{}, false
	}
	to := end - 1
	p = part{stream: streamOf(line[end+len(stream):]), from: from, to: to}
	p.goesOn = to-from >= dockerPart && !endsLine(line[from:to])
	return p, true
}

// streamOf tells stdout, 0, from stderr, 1.
func streamOf(b []byte) int {
	if bytes.HasPrefix(b, []byte("stderr")) {
		return 1
	}
	return 0
}

// endsLine tells whether what stands in a JSON string ends with a line end, and
// not with a backslash and an n.
func endsLine(s []byte) bool {
	rest, ok := bytes.CutSuffix(s, []byte{'n'})
	backslashes := len(rest) - len(bytes.TrimRight(rest, `\`))
	return ok && backslashes%2 == 1
}
