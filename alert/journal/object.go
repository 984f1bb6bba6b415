package journal

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"haproxy-alert/parse"
)

// object writes a JSON object; empty fields are left out. Names come quoted and
// with their colon.
type object struct {
	b        []byte
	replaced bool // some text was not UTF-8, or what is read back differs otherwise
	err      error
	stamps   *stamps
}

// stamps are the last times and what they were written as: the facts of a burst have
// the same one, and their lines few.
type stamps [2]struct {
	t    time.Time
	text [len(`"2026-11-20T10:00:00.123456789+01:00"`)]byte
	size int
}

func (o *object) name(name string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, name...)
}

func (o *object) open(name string) {
	o.name(name)
	o.b = append(o.b, '{')
}

func (o *object) close() { o.b = append(o.b, '}') }

func (o *object) text(name, s string) {
	if s != "" {
		o.name(name)
		o.quote(s)
	}
}

// kind writes the name of a kind and refuses one that has none, such as
// "Kind(99)": it could not be read back.
func (o *object) kind(name, kind string) {
	if strings.HasSuffix(kind, ")") {
		o.err = fmt.Errorf("unknown kind %s", kind)
	}
	o.text(name, kind)
}

func (o *object) texts(name string, list []string) {
	if len(list) == 0 {
		return
	}
	o.name(name)
	for i, s := range list {
		o.b = append(o.b, "[,"[min(i, 1)])
		o.quote(s)
	}
	o.b = append(o.b, ']')
}

func (o *object) number(name string, n parse.Number) {
	if n.Said {
		o.name(name)
		o.b = strconv.AppendInt(o.b, int64(n.Value), 10)
	}
}

// integer writes a number that is not zero.
func (o *object) integer(name string, n int64) {
	if n != 0 {
		o.name(name)
		o.b = strconv.AppendInt(o.b, n, 10)
	}
}

// unsigned writes a number that is not zero.
func (o *object) unsigned(name string, n uint64) {
	if n != 0 {
		o.name(name)
		o.b = strconv.AppendUint(o.b, n, 10)
	}
}

func (o *object) flag(name string, set bool) {
	if set {
		o.name(name)
		o.b = append(o.b, "true"...)
	}
}

func (o *object) time(name string, t time.Time) {
	o.name(name)
	from := len(o.b)
	for k := range o.stamps {
		if s := &o.stamps[k]; s.size > 0 && s.t == t { //nolint:staticcheck // its zone counts, too
			o.b = append(o.b, s.text[:s.size]...)
			return
		}
	}
	b, err := t.AppendText(append(o.b, '"'))
	if err != nil {
		o.err = err
		return
	}
	o.b = append(b, '"')
	o.stamps[1] = o.stamps[0]
	o.stamps[0].t, o.stamps[0].size = t, copy(o.stamps[0].text[:], o.b[from:])
}

// quote appends a JSON string (RFC 8259 section 7): quotes, backslashes and
// control characters escaped, and what is not UTF-8 as the escape of U+FFFD.
func (o *object) quote(s string) {
	const hex = "0123456789abcdef"
	o.b = append(o.b, '"')
	for {
		n := plain(s)
		o.b = append(o.b, s[:n]...)
		if s = s[n:]; s == "" {
			break
		}
		switch c := s[0]; {
		case c == '"' || c == '\\':
			o.b = append(o.b, '\\', c)
		case c < ' ':
			o.b = append(o.b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			o.b = append(o.b, `\ufffd`...)
			o.replaced = true
		}
		s = s[1:]
	}
	o.b = append(o.b, '"')
}

// asIs are the ASCII characters that a JSON string takes as they are.
var asIs = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// plain returns how many bytes s begins with that a JSON string takes as is. It
// passes over eight at a time while all of them are such ASCII.
func plain(s string) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64([]byte(s[i : i+8]))
		quote, slash := w^ones*'"', w^ones*'\\'
		if (w|(w-ones*' ')|(quote-ones)|(slash-ones))&highs != 0 {
			break
		}
	}
	for i < len(s) {
		if asIs[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r < utf8.RuneSelf || r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(s)
}
