package syslog

import "bytes"

const (
	// dockerBegin begins the lines of Docker's json-file driver.
	dockerBegin = `{"log":"`
	// dockerPart is where Docker splits lines: a shorter one that lacks its LF is
	// no part, someone took the LF away.
	dockerPart = 16 << 10
)

// joiner puts lines together that a container runtime wrote in parts, so that a
// client whose request is long enough cannot begin a line. The streams of a
// container may alternate; each has its own parts. Of a line longer than MaxLine
// the parts that fit are kept, and it is counted as cut.
type joiner struct {
	log  *Log
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

// joined gives whole lines to yield.
func (j *joiner) joined(yield func([]byte, error) bool) func([]byte, error) bool {
	return func(line []byte, err error) bool {
		if err != nil {
			return j.rest(yield) && yield(nil, err)
		}
		whole := j.take(line)
		return whole == nil || yield(whole, nil)
	}
}

// rest gives what was begun and did not end.
func (j *joiner) rest(yield func([]byte, error) bool) bool {
	for i := range j.open {
		if s := &j.open[i]; s.begun && !yield(s.end(), nil) {
			return false
		}
	}
	return true
}

// take takes a line and returns it, or the line whose last part it is; nil when
// more parts must come.
func (j *joiner) take(line []byte) []byte {
	if j.alone(line) {
		return line
	}
	p, ok := partOf(line)
	if !ok {
		return line
	}
	s := &j.open[p.stream]
	switch {
	case !s.begun && !p.goesOn:
		return line
	case !s.begun:
		s.begin(line, p)
	case s.cut:
	case len(s.head)+p.to-p.from+len(s.tail) > MaxLine:
		s.cut = true
		j.log.cut.Add(1)
	default:
		s.head = append(s.head, line[p.from:p.to]...)
	}
	if p.goesOn {
		return nil
	}
	return s.end()
}

// alone tells of nearly every line at a glance that it is no part.
func (j *joiner) alone(line []byte) bool {
	if j.open[0].begun || j.open[1].begun {
		return false
	}
	if len(line) < dockerPart && firstByte(line) == '{' {
		return true
	}
	const tags = len(" stdout ")
	if n := j.time; len(line) > n+tags && bytes.IndexByte(line[:n+1], ' ') == n && line[n+tags] == 'F' {
		return true
	}
	j.time = min(len(nextWord(line, 0)), isoLongest)
	return false
}

// begin takes the first part.
func (s *splitLine) begin(line []byte, p part) {
	s.head = append(s.head[:0], line[:p.to]...)
	s.tail = append(s.tail[:0], line[p.to:]...)
	s.begun, s.cut = true, false
}

// end returns the line, until the next one begins.
func (s *splitLine) end() []byte {
	s.begun = false
	s.head = append(s.head, s.tail...)
	return s.head
}

// partOf tells what a line of a container's log is.
func partOf(line []byte) (p part, ok bool) {
	if bytes.HasPrefix(line, []byte(dockerBegin)) {
		return dockerPartOf(line)
	}
	clothing, n, at := containerHead(line)
	if clothing != CRI {
		return part{}, false
	}
	goesOn, _ := criTags(line[n+1:])
	return part{stream: streamOf(line[n+1:]), from: at, to: len(line), goesOn: goesOn}, true
}

// dockerPartOf reads `{"log":"...","stream":"stdout",...}`.
func dockerPartOf(line []byte) (p part, ok bool) {
	from := len(dockerBegin)
	end := stringEnd(line, from-1)
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
