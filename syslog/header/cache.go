package header

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
)

// Cache is the last header that was read.
type Cache struct {
	head  []byte // the header whole, time included
	at    int    // where its time begins
	stamp timestamp.Layout
	rest  []byte // what stands between time and text
}

// minRest is how much must follow the time for a header to be remembered: less is
// no "host tag[pid]: ".
const minRest = len(" h t[1]: ")

// Text takes the header off a line without line end, around which nothing is
// wrapped.
func (m *Cache) Text(line []byte) []byte {
	if at, ok := m.Begins(line); ok {
		return line[at:]
	}
	var h Header
	h.Read(line)
	if h.lasting(line) {
		m.learn(line, &h)
	}
	return line[h.Body:h.End]
}

// isAddress tells of a line of traffic that its text begins at once, with the address
// of a client: with digits, which are no time.
func isAddress(line []byte) bool {
	const epoch = len("1795246682")
	return len(line) > epoch && scan.IsDigit(line[0]) && line[epoch] != '.' && !timestamp.IsDate(line)
}

// Begins returns where the text begins of a line with a header that is remembered,
// of one with the form of nearly all, and of traffic without any.
func (m *Cache) Begins(line []byte) (at int, ok bool) {
	if at := m.known(line); at > 0 {
		return at, true
	}
	if isAddress(line) {
		return 0, true
	}
	if at = FastPath(line); at > 0 {
		m.learn(line, &Header{Layout: timestamp.BSD, Time: bsdSpan(line), Body: at})
	}
	return at, at > 0
}

// known returns where the text begins when the line has the header remembered, 0
// when it has another one.
func (m *Cache) known(b []byte) int {
	n := len(m.head)
	if n == 0 || len(b) <= n {
		return 0
	}
	if (m.stamp == timestamp.ISO || !bytes.Equal(b[:n], m.head)) && !m.likewise(b) {
		return 0
	}
	switch b[n] {
	case ' ', '[', 0xEF: // further blanks, a label, a byte order mark
		return 0
	}
	return n
}

// likewise reports whether only the time, of the same length, and the PRI differ.
func (m *Cache) likewise(b []byte) bool {
	n := len(m.head) - len(m.rest)
	switch {
	case !bytes.Equal(b[n:len(m.head)], m.rest):
	case m.at > 0 && (b[0] != '<' || shortPRI(b) == 0):
	case m.at > len("<129>") && string(b[len("<129>"):m.at]) != "1 ":
	case m.stamp == timestamp.BSD:
		if timestamp.IsBSD(b[m.at:]) {
			copy(m.head, b[:n]) // many lines have the same second
			return true
		}
	default:
		return timestamp.LenISO(b[m.at:n+1]) == n-m.at
	}
	return false
}

// learn remembers a header whose text begins where it does whatever the text is.
func (m *Cache) learn(b []byte, h *Header) {
	if h.Body >= len(b) || h.Body-h.Time.To < minRest || h.Time.From > 0 && shortPRI(b) == 0 {
		return
	}
	m.head = append(m.head[:0], b[:h.Body]...)
	m.at, m.stamp = h.Time.From, h.Layout
	m.rest = m.head[h.Time.To:]
}

// lasting reports whether nothing behind the header had a say in where it ends: it
// names a process id, and no label follows.
func (h *Header) lasting(b []byte) bool {
	switch h.Format {
	case FileISO, ForwardISO:
		return h.Label == "" && !h.PID.Empty()
	case RFC5424, Proto23: // of a tag of several words the text may have a say
		return h.Label == "" && h.Layout == timestamp.ISO && bytes.IndexByte(h.Tag.Of(b), ' ') < 0
	}
	return false
}

// bsdSpan is where the time of a line stands that shortcut has read.
func bsdSpan(b []byte) scan.Span {
	at := 0
	if b[0] == '<' {
		at = len("<129>")
	}
	return scan.Span{From: at, To: at + timestamp.BSDLength}
}
