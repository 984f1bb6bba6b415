package syslog

import "bytes"

// head says where the parts of one frame stand: all offsets, nothing copied, so
// that the hot path reads it without allocating.
type head struct {
	clothing string
	pri      int   // -1 without PRI
	short    bool  // the PRI is a severity without facility
	stamp    stamp // how the time is written
	time     span
	host     span
	tag      span
	pid      span
	body     int // the text is frame[body:end]
	end      int

	label    string // "WARNING" and the like of a stderr line, or ""
	labelPID span
	labelDay span // DDD/HHMMSS, up to HAProxy 2.3
}

// span is a part of a frame, from its offset to before its end; empty when the
// header lacks the part.
type span struct{ from, to int }

func (s span) of(b []byte) []byte { return b[s.from:s.to] }
func (s span) empty() bool        { return s.from == s.to }

// read finds the parts of the header from the left.
func (h *head) read(b []byte) {
	h.end = TrimmedEnd(b)
	b = b[:h.end]
	h.clothing, h.pri = Raw, noPriority
	at := h.readPRI(b)
	if at == len(b) {
		h.bare(at)
		return
	}
	switch c := b[at]; {
	case c == '1' && at > 0 && h.read5424(b, at):
	case c >= '0' && c <= '9':
		h.readISO(b, at)
	case c == '[' && at == 0 && h.readUptime(b):
	case c >= 'A' && c <= 'S': // Apr .. Sep
		h.readBSD(b, at)
	default:
		h.bare(at)
	}
	h.readLabel(b)
}

// bare is a frame whose text begins at once, or right behind the PRI.
func (h *head) bare(at int) {
	h.body = at
	switch {
	case h.pri == noPriority:
		h.clothing = Raw
	case h.pri < severities:
		h.clothing, h.short = Short, true
	default:
		h.clothing = Priority
	}
}

// readBSD reads "Mmm dd hh:mm:ss " and what follows it (RFC 3164 section 4.1.2).
func (h *head) readBSD(b []byte, at int) {
	n := bsdStamp(b[at:])
	if n == 0 {
		h.bare(at)
		return
	}
	h.clothing, h.stamp, h.time = RFC3164, bsd, span{at, at + n}
	if h.pri == noPriority {
		h.clothing = File
	}
	at = skipBlanks(b, at+n)
	if h.readOrigin(b, at, false) {
		return
	}
	// HAProxy itself always writes tag[pid]: behind this time, so a relay wrote
	// it: the first word is the host, the text follows.
	h.body = at
	if n := bytes.IndexByte(b[at:], ' '); n > 0 && isHost(b[at:at+n]) {
		h.host = span{at, at + n}
		h.body = skipBlanks(b, at+n)
	}
}

// readISO reads an ISO 8601 time and what follows it: the text with HAProxy's
// formats iso and timed, "host tag[pid]: " when a relay wrote the line.
func (h *head) readISO(b []byte, at int) {
	n := isoStamp(b[at:])
	if n == 0 {
		if at > 0 || !h.readUnix(b) {
			h.bare(at)
		}
		return
	}
	h.stamp, h.time = iso, span{at, at + n}
	at = skipBlanks(b, at+n)
	relayed := h.readOrigin(b, at, true)
	switch {
	case relayed && h.pri == noPriority:
		h.clothing = FileISO
	case relayed:
		h.clothing = ForwardISO
	case h.pri == noPriority:
		h.clothing, h.body = ISO, at
	default:
		h.clothing, h.body, h.short = Timed, at, h.pri < severities
	}
}

// readPRI reads "<N>", N from 0 to 191 without leading zeros (RFC 5424 section
// 6.2.1), and returns where the rest begins: 0 when there is no PRI.
func (h *head) readPRI(b []byte) int {
	if len(b) < 3 || b[0] != '<' {
		return 0
	}
	n := 0
	for i := 1; i < min(len(b), 5); i++ {
		c := b[i]
		if c == '>' && i > 1 && n <= maxPRI {
			h.pri = n
			return i + 1
		}
		if c < '0' || c > '9' || i == 2 && n == 0 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return 0
}

// priority splits the PRI into facility and severity.
func (h *head) priority() (facility, severity int) {
	switch {
	case h.pri == noPriority:
		return noPriority, noPriority
	case h.short:
		return noPriority, h.pri
	}
	return h.pri / severities, h.pri % severities
}

// TrimmedEnd is the length of a frame without the line end and the padding that
// senders leave on it: LF, CR and NUL.
func TrimmedEnd(b []byte) int {
	n := len(b)
	for n > 0 && (b[n-1] == '\n' || b[n-1] == '\r' || b[n-1] == 0) {
		n--
	}
	return n
}

func skipBlanks(b []byte, at int) int {
	for at < len(b) && b[at] == ' ' {
		at++
	}
	return at
}
