package journal

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// object writes JSON objects to the end of the bytes it is given. Empty fields are
// left out. Names come quoted, with their colon and the comma before them, in place of
// which the first one of an object gets its brace.
type object struct {
	replaced bool // some text was not UTF-8, or what is read back differs otherwise
	err      error
	common   *common
}

// common is what was written last and the facts of a burst share: few days, zones and
// sources.
type common struct {
	stamps  stamps
	source  alert.Source
	written []byte // of source, as a field
}

// closed ends the object whose fields begin at start.
func closed(b []byte, start int) []byte {
	if len(b) == start {
		return append(b, "{}"...)
	}
	b[start] = '{'
	return append(b, '}')
}

func (o *object) text(b []byte, name, s string) []byte {
	if s == "" {
		return b
	}
	return o.quote(append(b, name...), s)
}

// kind writes the name of a kind, which needs no escapes, and refuses one that has
// none, such as "Kind(99)": it could not be read back.
func (o *object) kind(b []byte, name, kind string) []byte {
	if kind == "" {
		return b
	}
	if kind[len(kind)-1] == ')' {
		o.err = fmt.Errorf("unknown kind %s", kind)
	}
	b = append(append(b, name...), '"')
	return append(append(b, kind...), '"')
}

func (o *object) texts(b []byte, name string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, name...)
	for i, s := range list {
		b = o.quote(append(b, "[,"[min(i, 1)]), s)
	}
	return append(b, ']')
}

func number(b []byte, name string, n parse.Number) []byte {
	if !n.Said {
		return b
	}
	return digits(append(b, name...), int64(n.Value))
}

// integer writes a number that is not zero.
func integer(b []byte, name string, n int64) []byte {
	if n == 0 {
		return b
	}
	return digits(append(b, name...), n)
}

// unsigned writes a number that is not zero.
func unsigned(b []byte, name string, n uint64) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendUint(append(b, name...), n, 10)
}

// digits writes n; most numbers have one digit.
func digits(b []byte, n int64) []byte {
	if uint64(n) < 10 {
		return append(b, byte('0'+n))
	}
	return strconv.AppendInt(b, n, 10)
}

func flag(b []byte, name string, set bool) []byte {
	if !set {
		return b
	}
	return append(append(b, name...), "true"...)
}

// quote appends a JSON string (RFC 8259 section 7): quotes, backslashes and
// control characters escaped, and what is not UTF-8 as the escape of U+FFFD.
func (o *object) quote(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := ascii(s)
		if n < len(s) && s[n] >= utf8.RuneSelf {
			n += plain(s[n:])
		}
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		b = o.escape(b, s[n])
		s = s[n+1:]
	}
}

func (o *object) escape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c < ' ':
		return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
	o.replaced = true
	return append(b, `\ufffd`...)
}

// plain returns how many bytes s begins with that a JSON string takes as is.
func plain(s string) int {
	i := 0
	for {
		i += ascii(s[i:])
		if i == len(s) || s[i] < utf8.RuneSelf {
			return i
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

// ascii returns how many bytes s begins with that are plain ASCII. It looks at sixteen
// at a time, then at eight, the last of which overlap those before.
func ascii(s string) int {
	if len(s) < 8 {
		return shortASCII(s)
	}
	word := func(i int) uint64 { return oddities(binary.LittleEndian.Uint64([]byte(s[i : i+8]))) }
	i := 0
	for i+16 <= len(s) && word(i)|word(i+8) == 0 {
		i += 16
	}
	for i < len(s) {
		i = min(i, len(s)-8)
		if odd := word(i); odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
		i += 8
	}
	return len(s)
}

// shortASCII is ascii for less than eight bytes.
func shortASCII(s string) int {
	if len(s) >= 4 {
		begin, end := binary.LittleEndian.Uint32([]byte(s[:4])), binary.LittleEndian.Uint32([]byte(s[len(s)-4:]))
		if oddities(uint64(begin)|uint64(end)<<32) == 0 {
			return len(s)
		}
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}

// oddities sets the high bit of the first of eight bytes that is not plain ASCII, and
// perhaps bits above it.
func oddities(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^ones*'"', w^ones*'\\'
	return (w | (w - ones*' ') | (quote - ones) | (slash - ones)) & highs
}
