package scan

import "bytes"

// Span is a part of a frame, from its offset to before its end; empty when the
// header lacks the part.
type Span struct{ From, To int }

// Of returns the part of the frame.
func (s Span) Of(b []byte) []byte { return b[s.From:s.To] }

// Empty reports whether the header lacks the part.
func (s Span) Empty() bool { return s.From == s.To }

// TrimmedEnd is the length of a frame without the line end and the padding that
// senders leave on it: LF, CR and NUL.
func TrimmedEnd(b []byte) int {
	n := len(b)
	for n > 0 && (b[n-1] == '\n' || b[n-1] == '\r' || b[n-1] == 0) {
		n--
	}
	return n
}

// SkipBlanks returns the place of the first byte from at on that is no blank.
func SkipBlanks(b []byte, at int) int {
	for at < len(b) && b[at] == ' ' {
		at++
	}
	return at
}

// NextWord returns the word that begins at at, up to a blank or the end.
func NextWord(b []byte, at int) []byte {
	if at >= len(b) {
		return nil
	}
	if n := bytes.IndexByte(b[at:], ' '); n >= 0 {
		return b[at : at+n]
	}
	return b[at:]
}

// AllDigits reports whether there are bytes and all are digits.
func AllDigits(b []byte) bool {
	for _, c := range b {
		if !IsDigit(c) {
			return false
		}
	}
	return len(b) > 0
}

// IsTag tells a tag from the beginning of a client's text. A tag is mostly the
// program's name; log-tag makes it anything. It does not begin like a path, a
// quotation or a capture, and when it has several words they are plain ones, or
// "GET /x[1]: ..." of a relayed traffic line would be a tag.
func IsTag(tag []byte) bool {
	if len(tag) == 0 || !IsPlain(tag[0]) || bytes.Contains(tag, []byte("://")) {
		return false
	}
	if bytes.IndexByte(tag, ' ') < 0 {
		return true
	}
	for _, c := range tag {
		if c != ' ' && !IsPlain(c) {
			return false
		}
	}
	return true
}

// IsHost reports whether a word can be a host name or an address, or the "-"
// and "(none)" relays write for want of one.
func IsHost(name []byte) bool {
	for _, c := range name {
		if !IsPlain(c) && c != '%' && c != '(' && c != ')' {
			return false
		}
	}
	return len(name) > 0
}

// IsPlain reports whether a byte may stand in a word of a tag or a host name; bytes of
// other scripts may.
func IsPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || IsDigit(c) ||
		c == '-' || c == '.' || c == '_' || c == ':' || c == '@' || c == '+' || c >= 0x80
}

// IsDigit reports whether a byte is one of 0 to 9.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// FirstByte returns the first byte, 0 of nothing.
func FirstByte(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

// Number reads digits; a blank counts as 0, as in "Nov  1".
func Number(b []byte) int {
	n := 0
	for _, c := range b {
		if c != ' ' {
			n = n*10 + int(c-'0')
		}
	}
	return n
}
