package syslog

import "bytes"

// Peeler takes the header off one line of a log after another, and finds the same
// text as Body does. It remembers the last header: nearly all lines of a log have
// that one, but for the time. So does its memory: a line wrapped in JSON is
// unescaped there. It belongs to one goroutine; the zero Peeler is ready.
type Peeler struct {
	head  []byte // the last header whole, time included
	at    int    // where its time begins
	stamp stamp
	rest  []byte // what stands between time and text
	space []byte // of unescaped lines
}

// minRest is how much must follow the time for a header to be remembered: less is
// no "host tag[pid]: ".
const minRest = len(" h t[1]: ")

// Body returns the text of a line. It is valid until the next one is asked for, and
// as long as the line is.
func (p *Peeler) Body(frame []byte) []byte {
	frame = frame[:trimmedEnd(frame)]
	if at := p.known(frame); at > 0 {
		return frame[at:]
	}
	if at := shortcut(frame); at > 0 {
		p.learn(frame, &head{stamp: bsd, time: bsdSpan(frame), body: at})
		return frame[at:]
	}
	line := p.unwrapped(frame)
	var h head
	h.read(line)
	if len(line) == len(frame) && h.lasting(line) {
		p.learn(frame, &h)
	}
	return line[h.body:h.end]
}

// known returns where the text begins when the line has the header remembered, 0
// when it has another one.
func (p *Peeler) known(b []byte) int {
	n := len(p.head)
	if n == 0 || len(b) <= n {
		return 0
	}
	if (p.stamp == iso || !bytes.Equal(b[:n], p.head)) && !p.likewise(b) {
		return 0
	}
	switch b[n] {
	case ' ', '[', 0xEF: // further blanks, a label, a byte order mark
		return 0
	}
	return n
}

// likewise reports whether only the time, of the same length, and the PRI differ.
func (p *Peeler) likewise(b []byte) bool {
	n := len(p.head) - len(p.rest)
	switch {
	case !bytes.Equal(b[n:len(p.head)], p.rest):
	case p.at > 0 && (b[0] != '<' || shortPRI(b) == 0):
	case p.at > len("<129>") && string(b[len("<129>"):p.at]) != "1 ":
	case p.stamp == bsd:
		if isBSD(b[p.at:]) {
			copy(p.head, b[:n]) // many lines have the same second
			return true
		}
	default:
		return isoStamp(b[p.at:n+1]) == n-p.at
	}
	return false
}

// learn remembers a header whose text begins where it does whatever the text is.
func (p *Peeler) learn(b []byte, h *head) {
	if h.body >= len(b) || h.body-h.time.to < minRest || h.time.from > 0 && shortPRI(b) == 0 {
		return
	}
	p.head = append(p.head[:0], b[:h.body]...)
	p.at, p.stamp = h.time.from, h.stamp
	p.rest = p.head[h.time.to:]
}

// lasting reports whether nothing behind the header had a say in where it ends: it
// names a process id, and no label follows.
func (h *head) lasting(b []byte) bool {
	switch h.clothing {
	case FileISO, ForwardISO:
		return h.label == "" && !h.pid.empty()
	case RFC5424, Proto23: // of a tag of several words the text may have a say
		return h.label == "" && h.stamp == iso && bytes.IndexByte(h.tag.of(b), ' ') < 0
	}
	return false
}

// bsdSpan is where the time of a line stands that shortcut has read.
func bsdSpan(b []byte) span {
	at := 0
	if b[0] == '<' {
		at = len("<129>")
	}
	return span{at, at + bsdLength}
}

// unwrapped is the function of that name without its copies.
func (p *Peeler) unwrapped(frame []byte) []byte {
	if c := firstByte(frame); c != '{' {
		return unwrapped(frame)
	}
	w := wrapping{space: p.space}
	wrapped := w.unwrap(frame)
	p.space = w.space
	if wrapped {
		return w.line
	}
	return frame
}
