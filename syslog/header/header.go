package header

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
)

// The formats: the header a line came in. Their names stand in the output of
// explain.
const (
	RFC3164    = "rfc3164"        // <129>Nov 21 07:38:02 [host ]haproxy[28133]: (formats rfc3164 and local)
	RFC5424    = "rfc5424"        // <129>1 2026-11-21T07:38:02.217407+00:00 - haproxy 28133 - -
	Priority   = "priority"       // <129>
	Short      = "short"          // <1>, a severity only
	Timed      = "timed"          // <1>2026-11-21T07:38:02.217587+00:00
	ISO        = "iso"            // 2026-11-21T07:38:02.217593+00:00
	Raw        = "raw"            // no header at all
	Stderr     = "stderr"         // [WARNING]  (28133) :
	File       = "file"           // Nov 21 07:38:02 host haproxy[28133]: (rsyslog's and syslog-ng's files, journalctl -o short)
	FileISO    = "file-iso"       // 2026-11-21T07:38:02+00:00 host haproxy[28133]: (rsyslog's default files, journalctl -o short-iso)
	FileUnix   = "file-unix"      // 1795246682.217407 host haproxy[28133]: (journalctl -o short-unix)
	FileUptime = "file-monotonic" // [ 4357.872054] host haproxy[28133]: (journalctl -o short-monotonic)
	ForwardISO = "forward"        // <129>2026-11-21T07:38:02+00:00 host haproxy[28133]: (RSYSLOG_ForwardFormat)
	Proto23    = "proto23"        // rfc5424 with the two blanks of RSYSLOG_SyslogProtocol23Format
)

// The bounds of a priority, and what stands for none.
const (
	NoPriority = -1 // Facility and Severity of a header without them
	Facilities = 24 // RFC 5424 table 1
	Severities = 8  // RFC 5424 table 2
	maxPRI     = Facilities*Severities - 1
)

// Header says where the parts of one frame stand: all offsets, nothing copied, so
// that the hot path reads it without allocating.
type Header struct {
	Format string
	pri    int              // -1 without PRI
	short  bool             // the PRI is a severity without facility
	Layout timestamp.Layout // how the time is written
	Time   scan.Span
	Host   scan.Span
	Tag    scan.Span
	PID    scan.Span
	Body   int // the text is frame[body:end]
	End    int

	Label    string // "WARNING" and the like of a stderr line, or ""
	LabelPID scan.Span
	LabelDay scan.Span // DDD/HHMMSS, up to HAProxy 2.3
}

// Read finds the parts of the header from the left.
func (h *Header) Read(b []byte) {
	h.End = scan.TrimmedEnd(b)
	b = b[:h.End]
	h.Format, h.pri = Raw, NoPriority
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
func (h *Header) bare(at int) {
	h.Body = at
	switch {
	case h.pri == NoPriority:
		h.Format = Raw
	case h.pri < Severities:
		h.Format, h.short = Short, true
	default:
		h.Format = Priority
	}
}

// readBSD reads "Mmm dd hh:mm:ss " and what follows it (RFC 3164 section 4.1.2).
func (h *Header) readBSD(b []byte, at int) {
	n := timestamp.LenBSD(b[at:])
	if n == 0 {
		h.bare(at)
		return
	}
	h.Format, h.Layout, h.Time = RFC3164, timestamp.BSD, scan.Span{From: at, To: at + n}
	if h.pri == NoPriority {
		h.Format = File
	}
	at = scan.SkipBlanks(b, at+n)
	if h.readOrigin(b, at, false) {
		return
	}
	// HAProxy itself always writes tag[pid]: behind this time, so a relay wrote
	// it: the first word is the host, the text follows.
	h.Body = at
	if n := bytes.IndexByte(b[at:], ' '); n > 0 && scan.IsHost(b[at:at+n]) {
		h.Host = scan.Span{From: at, To: at + n}
		h.Body = scan.SkipBlanks(b, at+n)
	}
}

// readISO reads an ISO 8601 time and what follows it: the text with HAProxy's
// formats iso and timed, "host tag[pid]: " when a relay wrote the line.
func (h *Header) readISO(b []byte, at int) {
	n := timestamp.LenISO(b[at:])
	if n == 0 {
		if at > 0 || !h.readUnix(b) {
			h.bare(at)
		}
		return
	}
	h.Layout, h.Time = timestamp.ISO, scan.Span{From: at, To: at + n}
	at = scan.SkipBlanks(b, at+n)
	relayed := h.readOrigin(b, at, true)
	switch {
	case relayed && h.pri == NoPriority:
		h.Format = FileISO
	case relayed:
		h.Format = ForwardISO
	case h.pri == NoPriority:
		h.Format, h.Body = ISO, at
	default:
		h.Format, h.Body, h.short = Timed, at, h.pri < Severities
	}
}

// readPRI reads "<N>", N from 0 to 191 without leading zeros (RFC 5424 section
// 6.2.1), and returns where the rest begins: 0 when there is no PRI.
func (h *Header) readPRI(b []byte) int {
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

// Priority splits the PRI into facility and severity.
func (h *Header) Priority() (facility, severity int) {
	switch {
	case h.pri == NoPriority:
		return NoPriority, NoPriority
	case h.short:
		return NoPriority, h.pri
	}
	return h.pri / Severities, h.pri % Severities
}

// Civil reads the header's time; ok is false when there is none or it shows what no clock
// can.
func (h *Header) Civil(b []byte) (w timestamp.Civil, ok bool) {
	return timestamp.ParseCivil(h.Layout, h.Time.Of(b))
}

// The short forms of journalctl whose time is no date: "host tag[pid]: text"
// follows, as in a relay's files.

// readUnix reads "1795246682.217407 host tag[pid]: text".
func (h *Header) readUnix(b []byte) bool {
	const whole = len("1795246682")
	if len(b) <= whole || b[whole] != '.' || !scan.AllDigits(b[:whole]) {
		return false
	}
	end := whole + timestamp.LenFraction(b[whole:])
	if end == whole || timestamp.Closed(b, end) == 0 || !h.readOrigin(b, scan.SkipBlanks(b, end), true) {
		return false
	}
	h.Format, h.Layout, h.Time = FileUnix, timestamp.Unix, scan.Span{From: 0, To: end}
	return true
}

// readUptime reads "[ 4357.872054] host tag[pid]: text": the seconds since the
// machine started, which tell no time to anyone else.
func (h *Header) readUptime(b []byte) bool {
	at := scan.SkipBlanks(b, 1)
	for at < len(b) && scan.IsDigit(b[at]) {
		at++
	}
	n := timestamp.LenFraction(b[at:])
	if at += n; n == 0 || at+1 >= len(b) || b[at] != ']' || b[at+1] != ' ' {
		return false
	}
	if !h.readOrigin(b, scan.SkipBlanks(b, at+1), true) {
		return false
	}
	h.Format = FileUptime
	return true
}
