package syslog

import (
	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/wrap"
)

// Decoder takes the header off one line of a log after another, and finds the same
// text as Body does. It remembers the last header: nearly all lines of a log have
// that one, but for the time; and so it remembers what was wrapped around the last
// line, and the header in there. A line wrapped in JSON is unescaped in its memory.
// It belongs to one goroutine; the zero Decoder is ready.
type Decoder struct {
	outer header.Cache
	inner header.Cache // of headers in wrappings
	wraps wrap.Cache
}

// Body returns the text of a line. It is valid until the next one is asked for, and
// as long as the line is.
func (p *Decoder) Body(frame []byte) []byte {
	frame = frame[:scan.TrimmedEnd(frame)]
	if at, ok := p.outer.Begins(frame); ok {
		return frame[at:]
	}
	if line, wrapped := p.wraps.Unwrap(frame); wrapped {
		return p.inner.Text(line)
	}
	return p.outer.Text(frame)
}
