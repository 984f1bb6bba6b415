package header

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
)

// MaxOrigin bounds the part of a line in which "host tag[pid]: " is looked for;
// a longer one is taken for text. HAProxy's host names end at 64 bytes.
const MaxOrigin = 512

// readOrigin reads what stands between time and text,
//
//	[host ]tag[pid]: text      HAProxy; a tag may contain blanks
//	host tag[pid] text         rsyslog, of what it received as RFC 5424
//	[host ]tag: text           programs that do not tell their pid
//
// and reports whether it is there. A relay always writes a host name; where only
// a relay can have written the line (relayed), a line without one has no origin:
// its text follows the time at once.
func (h *Header) readOrigin(b []byte, at int, relayed bool) bool {
	window := b[at:min(len(b), at+MaxOrigin)]
	open := bytes.IndexByte(window, '[')
	if open > 0 {
		names := window[:open]
		if colon := bytes.IndexByte(names, ':'); colon < 0 || !bytes.Contains(names[colon:], []byte(": ")) {
			return h.readTagPID(b, at, at+open, relayed)
		}
	}
	return h.readTag(b, at, relayed)
}

// readTagPID reads the names before the bracket, then "pid]" and a colon, a
// blank, or both.
func (h *Header) readTagPID(b []byte, at, open int, relayed bool) bool {
	end := open + 1
	for end < len(b) && scan.IsDigit(b[end]) {
		end++
	}
	if end == open+1 || end == len(b) || b[end] != ']' {
		return false
	}
	pid := scan.Span{From: open + 1, To: end}
	end++
	colon := end < len(b) && b[end] == ':'
	if colon {
		end++
	}
	if end < len(b) && b[end] != ' ' || end == len(b) && !colon {
		return false
	}
	host, tag := splitNames(b, at, open)
	if !scan.IsTag(tag.Of(b)) || host.Empty() && (relayed || !colon) {
		return false
	}
	h.Host, h.Tag, h.PID = host, tag, pid
	h.Body = scan.SkipBlanks(b, end)
	return true
}

// readTag reads "[host ]tag: ". The tag is one word without a slash, so that
// "be/srv: IP changed ..." stays text.
func (h *Header) readTag(b []byte, at int, relayed bool) bool {
	window := b[at:min(len(b), at+MaxOrigin)]
	end := bytes.Index(window, []byte(": "))
	if end < 1 {
		return false
	}
	host, tag := splitNames(b, at, at+end)
	name := tag.Of(b)
	if !scan.IsTag(name) || bytes.ContainsAny(name, " /[") || host.Empty() && relayed {
		return false
	}
	h.Host, h.Tag = host, tag
	h.Body = scan.SkipBlanks(b, at+end+1)
	return true
}

// splitNames tells the host from the tag: the first of several words is the
// host. Of "my tag[12]" nobody can tell whether "my" is a host; only the host
// name is then wrong, never the text.
func splitNames(b []byte, from, to int) (host, tag scan.Span) {
	blank := bytes.IndexByte(b[from:to], ' ')
	if blank < 0 {
		return scan.Span{}, scan.Span{From: from, To: to}
	}
	if !scan.IsHost(b[from : from+blank]) {
		return scan.Span{}, scan.Span{From: from, To: to}
	}
	return scan.Span{From: from, To: from + blank}, scan.Span{From: scan.SkipBlanks(b[:to], from+blank), To: to}
}
