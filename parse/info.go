package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// decodeInfo undoes chunk_asciiencode (src/chunk.c): every byte that was not
// printable ASCII, and < > ", stands as <XX> in upper-case hex. The checked
// server wrote these bytes, so the result is made safe to show: bytes that are
// no UTF-8 become U+FFFD, control characters their pictures (ESC is U+241B),
// other invisible characters U+FFFD.
func decodeInfo(said string) string {
	if !strings.Contains(said, "<") && isPlain(said) {
		return said
	}
	raw := make([]byte, 0, len(said))
	for i := 0; i < len(said); i++ {
		if b, ok := escaped(said[i:]); ok {
			raw = append(raw, b)
			i += len("<22>") - 1
			continue
		}
		raw = append(raw, said[i])
	}
	return strings.Map(visible, string(raw))
}

// escaped reads a <XX> at the beginning of s.
func escaped(s string) (byte, bool) {
	if len(s) < len("<22>") || s[0] != '<' || s[3] != '>' {
		return 0, false
	}
	high, low := hexDigit(s[1]), hexDigit(s[2])
	return high<<4 | low, high < 16 && low < 16
}

// hexDigit returns the value of an upper-case hex digit, or 16 for any other
// byte.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// visible returns a rune to show in place of r. strings.Map hands it U+FFFD for
// bytes that are no UTF-8.
func visible(r rune) rune {
	const pictures, pictureOfDEL = '\u2400', '\u2421'
	switch {
	case r < ' ':
		return pictures + r
	case r == '\x7f':
		return pictureOfDEL
	case unicode.IsPrint(r):
		return r
	case unicode.Is(unicode.Zs, r):
		return ' '
	}
	return utf8.RuneError
}

// isPlain reports whether s is printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// checkStep finds the tcp-check step an info names: " at step 3 of tcp-check"
// (chk_report_conn_err in src/checks.c) or "TCPCHK ... at step 3".
func checkStep(info string) Number {
	const mark = " at step "
	if !strings.Contains(info, " of tcp-check") && !strings.HasPrefix(info, "TCPCHK ") {
		return Number{}
	}
	at := strings.LastIndex(info, mark)
	if at < 0 {
		return Number{}
	}
	digits := info[at+len(mark):]
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		digits = digits[:end]
	}
	return number(digits)
}
