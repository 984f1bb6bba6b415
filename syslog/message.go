package syslog

import (
	"bytes"
	"net/netip"
	"strconv"
	"time"
	"unicode"

	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
	"haproxy-alert/syslog/wrap"
)

// Message is one line, taken out of its header and of what was wrapped around that.
type Message struct {
	// Text is what HAProxy wrote, without header and without line end.
	Text string
	// Time is the header's, zero when it has none or names no day that exists. A
	// journal's or a container runtime's is taken before one without a zone.
	// Zoned says the header named its zone; otherwise Clock.Location was taken.
	Time  time.Time
	Zoned bool
	// Moved is by how much Time was moved, because the header's had no zone and was off by
	// whole quarter hours from when the line came in (Clock.Live); 0 when it was not.
	Moved time.Duration
	// Host and Tag are the header's words, empty when there are none or "-".
	Host, Tag string
	// PID is the writer's, 0 when unknown.
	PID int
	// Facility and Severity are the PRI's (RFC 5424 tables 1 and 2), -1 when the
	// header has none. Formats short and timed have a severity only; the label
	// of a stderr line counts as one.
	Facility, Severity int
	// Format names the header's form, such as RFC3164, or the wrapping around it,
	// such as DockerJSON.
	Format string
	// Copy marks the copy HAProxy prints on stderr of a line it also logs.
	Copy bool
	// Panicked says go-syslog panicked over the header and our own reading
	// stands in: the caller counts it. The pre-screen should make it impossible.
	Panicked bool
}

// Parse reads a frame of any format. It never fails: what has no header it
// knows is Raw, and Text is the whole frame.
//
// The header is found from the left, by its structure. Nothing that stands
// later, in a URL or a user agent, can move the place where Text begins.
//
// Of a wrapped line, the wrapping fills in what the line's header does not say.
func Parse(frame []byte, c timestamp.Clock) Message {
	var w wrap.Wrapping
	wrapped := w.Unwrap(frame)
	if wrapped {
		frame = w.Line
	}
	var h header.Header
	h.Read(frame)
	m := Message{
		Text:     string(frame[h.Body:h.End]),
		Format:   h.Format,
		Facility: header.NoPriority,
		Severity: header.NoPriority,
	}
	if !m.byLibrary(&h, frame, c) {
		m.byHand(&h, frame, c)
	}
	if wrapped {
		m.byWrapping(&w, c)
	}
	if h.Label != "" {
		m.byLabel(&h, frame, c)
	}
	if !m.Zoned && !m.Time.IsZero() {
		m.Moved = c.Shift(m.Time)
		m.Time = m.Time.Add(m.Moved)
	}
	return m
}

// Body returns the text of a frame, the same bytes as Parse's Text: the hot path
// asks it before anything else. It does not allocate, but for the copy of a line
// that is wrapped in JSON and has escapes in it.
func Body(frame []byte) []byte {
	end := scan.TrimmedEnd(frame)
	if at := header.FastPath(frame[:end]); at > 0 {
		return frame[at:end]
	}
	line := wrap.Inner(frame)
	var h header.Header
	h.Read(line)
	return line[h.Body:h.End]
}

// byHand fills the fields with our own reading, which knows more forms than
// go-syslog does and is used where that may not be asked.
func (m *Message) byHand(h *header.Header, b []byte, c timestamp.Clock) {
	m.Facility, m.Severity = h.Priority()
	m.Host, m.Tag = word(h.Host.Of(b)), word(h.Tag.Of(b))
	m.PID = pid(h.PID.Of(b))
	if w, ok := h.Civil(b); ok {
		m.Time, m.Zoned = c.Resolve(w), w.Zoned
	}
}

// byLabel adds what the label of a stderr line says. Its pid is HAProxy's own,
// while the header around it names the process that held the pipe.
func (m *Message) byLabel(h *header.Header, b []byte, c timestamp.Clock) {
	m.Copy = true
	m.PID = pid(h.LabelPID.Of(b))
	if m.Severity == header.NoPriority {
		m.Severity = header.LabelSeverity(h.Label)
	}
	if m.Time.IsZero() && !c.Near.IsZero() {
		if w, ok := timestamp.DayOfYear(h.LabelDay.Of(b)); ok {
			m.Time = c.Resolve(w)
		}
	}
}

// word is a header's word; RFC 5424's NILVALUE "-" says there is none.
func word(b []byte) string {
	if len(b) == 1 && b[0] == '-' {
		return ""
	}
	return string(b)
}

// pid reads a process id; what is no number, or too large for one, is 0.
func pid(b []byte) int {
	n, err := strconv.ParseUint(string(b), 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// byWrapping fills in what the line's own header does not say. What cannot be a
// host, a tag or a number is left out: in JSON and journals it may hold anything.
func (m *Message) byWrapping(w *wrap.Wrapping, c timestamp.Clock) {
	m.Format = w.Format
	if host := w.Fields[wrap.HostField]; m.Host == "" && len(host) <= header.MaxOrigin && scan.IsHost(host) {
		m.Host = word(host)
	}
	if tag := w.Fields[wrap.TagField]; m.Tag == "" && len(tag) <= header.MaxOrigin && scan.IsTag(tag) && bytes.IndexFunc(tag, unicode.IsControl) < 0 {
		m.Tag = word(tag)
	}
	if m.PID == 0 {
		m.PID = pid(w.Fields[wrap.PIDField])
	}
	if m.Severity == header.NoPriority {
		m.Severity = code(w.Fields[wrap.SeverityField], header.Severities)
	}
	if m.Facility == header.NoPriority {
		m.Facility = code(w.Fields[wrap.FacilityField], header.Facilities)
	}
	if m.Time.IsZero() || w.Prompt && !m.Zoned {
		if t, zoned := timestamp.Read(w.Fields[wrap.TimeField], c); !t.IsZero() {
			m.Time, m.Zoned = t, zoned
		}
	}
}

// code reads a numerical code below limit (RFC 5424 section 6.2.1).
func code(b []byte, limit int) int {
	if len(b) == 0 || len(b) > 2 || !scan.AllDigits(b) || scan.Number(b) >= limit {
		return header.NoPriority
	}
	return scan.Number(b)
}

// Frame is one record cut from a transport, without its line end.
type Frame struct {
	// Data is valid only during the call it is given with.
	Data []byte
	// Peer is the sender's address, an IPv4 one never mapped into IPv6, a link-local one
	// without zone; zero for unix sockets.
	Peer netip.Addr
	// Cut says that the record was too long and its rest was dropped.
	Cut bool
	// First says that no other frame of this peer came just before in the same read of
	// the socket: enough for what need not be done for every line of a flood.
	First bool
}
