package header

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
)

// maxAppWords bounds the words of an APP-NAME. RFC 5424 allows one; HAProxy
// writes its log-tag there as it is, blanks and all.
const maxAppWords = 8

// read5424 reads "1 TIMESTAMP HOST APP-NAME PROCID MSGID SD [MSG]" from at, the
// place of the version (RFC 5424 section 6), and reports whether it is there.
func (h *Header) read5424(b []byte, at int) bool {
	if at+2 >= len(b) || b[at+1] != ' ' {
		return false
	}
	at += 2
	written := timestamp.ISO
	n := timestamp.LenISO(b[at:])
	if n == 0 {
		written, n = timestamp.None, len(scan.NextWord(b, at))
		if n != 1 || b[at] != '-' {
			return false
		}
	}
	from := at + n + 1
	host := scan.NextWord(b, from)
	to := from + len(host)
	if len(host) == 0 || to == len(b) || !h.readApp(b, to+1) {
		return false
	}
	h.Format, h.Layout = RFC5424, written
	h.Time, h.Host = scan.Span{From: at, To: at + n}, scan.Span{From: from, To: to}
	h.readText(b)
	return true
}

// readApp reads "APP-NAME PROCID MSGID SD". Blanks in an APP-NAME are settled by
// what HAProxy writes behind it: a numeric PROCID, then "-".
func (h *Header) readApp(b []byte, at int) bool {
	if h.readFields(b, at, at, false) {
		return true
	}
	end := at
	for range maxAppWords {
		if h.readFields(b, at, end, true) {
			return true
		}
		end += len(scan.NextWord(b, end)) + 1
		if end >= len(b) {
			break
		}
	}
	return false
}

// readFields reads the fields whose APP-NAME runs from at through the word that
// begins at last. As HAProxy writes them, PROCID is a number and MSGID "-"; else
// any words will do, except a number for MSGID: that is the PROCID behind a tag
// of two words.
func (h *Header) readFields(b []byte, at, last int, haproxy bool) bool {
	var w [3]scan.Span // the APP-NAME's last word, PROCID, MSGID
	next := last
	for i := range w {
		n := len(scan.NextWord(b, next))
		if n == 0 || next+n >= len(b) {
			return false
		}
		w[i] = scan.Span{From: next, To: next + n}
		next += n + 1
	}
	pid, id := w[1].Of(b), w[2].Of(b)
	numeric := scan.AllDigits(pid) || string(pid) == "-"
	if haproxy && (!numeric || string(id) != "-") || !haproxy && !numeric && scan.AllDigits(id) {
		return false
	}
	end := structuredData(b, next)
	if end == 0 {
		return false
	}
	h.Tag, h.PID, h.Body = scan.Span{From: at, To: w[0].To}, w[1], end
	return true
}

// readText finds the text behind STRUCTURED-DATA: past one blank, the second one
// of rsyslog's protocol-23 template and a byte order mark (section 6.4).
func (h *Header) readText(b []byte) {
	at := scan.SkipBlanks(b, h.Body)
	if at-h.Body > 1 {
		h.Format = Proto23
	}
	if bytes.HasPrefix(b[at:], []byte("\xef\xbb\xbf")) {
		at += 3
	}
	h.Body = at
}

// structuredData returns the end of STRUCTURED-DATA that begins at at, 0 when
// there is none. Quotes count: a value may hold "] ", and only its own end is
// the end (section 6.3).
func structuredData(b []byte, at int) int {
	if at < len(b) && b[at] == '-' {
		at++
	} else {
		for at < len(b) && b[at] == '[' {
			n := element(b[at:])
			if n == 0 {
				return 0
			}
			at += n
		}
		if b[at-1] != ']' {
			return 0
		}
	}
	if at < len(b) && b[at] != ' ' {
		return 0
	}
	return at
}

// element returns the length of one SD-ELEMENT, `[id name="value" ...]`.
func element(b []byte) int {
	quoted := false
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return i + 1
		}
	}
	return 0
}
