package wrap

import (
	"bytes"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"haproxy-alert/syslog/internal/scan"
)

// unquoted returns what a JSON string says, or the bytes that an array of their
// numbers says: so the journal writes what is no printable UTF-8. A string
// without escapes is not copied. ok is false for any other value.
func unquoted(value []byte) (text []byte, ok bool) { return unquotedInto(nil, value) }

// unquotedInto is unquoted with a place for the copy.
func unquotedInto(space, value []byte) (text []byte, ok bool) {
	switch scan.FirstByte(value) {
	case '[':
		return byteNumbers(emptied(space, (len(value)-1)/2), value[1:len(value)-1])
	case '"':
		text = value[1 : len(value)-1]
		if bytes.IndexByte(text, '\\') < 0 {
			return text, true
		}
		return unescaped(emptied(space, len(text)), text)
	}
	return nil, false
}

// unescaped resolves the escapes of a JSON string (RFC 8259 section 7). Bytes
// that are no UTF-8 pass; half a surrogate pair becomes U+FFFD.
func unescaped(text, s []byte) ([]byte, bool) {
	for {
		n := bytes.IndexByte(s, '\\')
		if n < 0 {
			return append(text, s...), true
		}
		text, s = append(text, s[:n]...), s[n+1:]
		if scan.FirstByte(s) == 'u' {
			r, size := codePoint(s)
			if size == 0 {
				return nil, false
			}
			text, s = utf8.AppendRune(text, r), s[size:]
			continue
		}
		c := escaped(scan.FirstByte(s))
		if c == 0 {
			return nil, false
		}
		text, s = append(text, c), s[1:]
	}
}

// escaped is the character that a letter behind a backslash stands for, 0 when
// it stands for none.
func escaped(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// codePoint reads "u241B", or "ud83d\ude00" of a surrogate pair, and returns how
// long it is: 0 when it is none.
func codePoint(s []byte) (r rune, size int) {
	const unit = len("u241B")
	high, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(high) && len(s) > unit && s[unit] == '\\' {
		if low, ok := hex4(s[unit+1:]); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return r, 2*unit + 1
			}
		}
	}
	return high, unit // AppendRune makes U+FFFD of a lone surrogate
}

// hex4 reads "u241B".
func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, false
	}
	for _, c := range s[1:5] {
		switch {
		case scan.IsDigit(c):
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// emptied is an empty space for so many bytes.
func emptied(space []byte, size int) []byte { return slices.Grow(space[:0], size) }

// byteNumbers reads "83, 101, 114": the inside of an array of bytes.
func byteNumbers(text, s []byte) ([]byte, bool) {
	for at := 0; ; at++ {
		at = scan.SkipBlanks(s, at)
		from := at
		for at < len(s) && scan.IsDigit(s[at]) {
			at++
		}
		if at == from || at > from+3 || scan.Number(s[from:at]) > 0xff {
			return nil, false
		}
		text = append(text, byte(scan.Number(s[from:at])))
		at = scan.SkipBlanks(s, at)
		if at == len(s) {
			return text, true
		}
		if s[at] != ',' {
			return nil, false
		}
	}
}
