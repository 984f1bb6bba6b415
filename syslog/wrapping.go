package syslog

import (
	"bytes"
	"unicode"
)

// The clothings of wrapped lines name the wrapping, whatever header the line in
// it has.
const (
	JournalExport = "journal-export" // journalctl -o export
	JournalJSON   = "journal-json"   // journalctl -o json, -o json-pretty
	DockerJSON    = "docker-json"    // {"log":"Server ...\n","stream":"stdout","time":"2026-11-21T07:38:02.217407123Z"}
	Docker        = "docker"         // 2026-11-21T07:38:02.217407123Z <129>Nov 21 ... (docker logs -t, of a line with a header)
	CRI           = "cri"            // 2026-11-21T07:38:02.217407123Z stdout F Server ... (Kubernetes)
	JSON          = "json"           // {"message":"<129>Nov 21 ...","host":"lb1"} (log shippers; keys has the names)
)

// wrapping is what a journal, a container runtime or a log shipper put around a
// line: the step before the header. It keeps parts of the frame, and copies only
// what stands there in another form than it was written.
type wrapping struct {
	clothing string
	line     []byte // what was wrapped, itself with a header or without
	place    span   // where an object has it
	// said is what the wrapping says of the line, by role.
	said [roles][]byte
	// prompt says that who stamped the line did so when it was written: its time
	// is better than a header's without zone.
	prompt bool
	space  []byte // for such a copy; nil asks for a new one
}

// unwrap reads a frame and reports whether something is wrapped around its line.
// One layer comes off: what looks like a wrapping inside is text.
func (w *wrapping) unwrap(frame []byte) bool {
	var wrapped bool
	switch c := firstByte(frame); {
	case c == '{':
		wrapped = w.unwrapJSON(frame[:TrimmedEnd(frame)])
	case c == '_':
		wrapped = w.unwrapExport(frame)
	case isDigit(c):
		wrapped = w.unwrapContainer(frame[:TrimmedEnd(frame)])
	}
	if !wrapped {
		return false
	}
	// rsyslog's msg begins with the blank behind the tag.
	w.line = w.line[skipBlanks(w.line, 0):]
	return true
}

// unwrapped returns the line in a frame, the frame itself where nothing is wrapped
// around it. It is for Body: a container's line is had without the rest.
func unwrapped(frame []byte) []byte {
	switch c := firstByte(frame); {
	case isDigit(c):
		line := frame[:TrimmedEnd(frame)]
		if _, _, at := containerHead(line); at > 0 {
			return line[skipBlanks(line, at):]
		}
	case c == '{' || c == '_':
		var w wrapping
		if w.unwrap(frame) {
			return w.line
		}
	}
	return frame
}

func firstByte(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

// byWrapping fills in what the line's own header does not say. What cannot be a
// host, a tag or a number is left out: in JSON and journals it may hold anything.
func (m *Message) byWrapping(w *wrapping, c Clock) {
	m.Clothing = w.clothing
	if host := w.said[roleHost]; m.Host == "" && len(host) <= maxOrigin && isHost(host) {
		m.Host = word(host)
	}
	if tag := w.said[roleTag]; m.Tag == "" && len(tag) <= maxOrigin && isTag(tag) && bytes.IndexFunc(tag, unicode.IsControl) < 0 {
		m.Tag = word(tag)
	}
	if m.PID == 0 {
		m.PID = pid(w.said[rolePID])
	}
	if m.Severity == noPriority {
		m.Severity = code(w.said[roleSeverity], severities)
	}
	if m.Facility == noPriority {
		m.Facility = code(w.said[roleFacility], facilities)
	}
	if m.Time.IsZero() || w.prompt && !m.Zoned {
		if t, zoned := outerTime(w.said[roleTime], c); !t.IsZero() {
			m.Time, m.Zoned = t, zoned
		}
	}
}

// code reads a numerical code below limit (RFC 5424 section 6.2.1).
func code(b []byte, limit int) int {
	if len(b) == 0 || len(b) > 2 || !allDigits(b) || number(b) >= limit {
		return noPriority
	}
	return number(b)
}
