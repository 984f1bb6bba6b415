package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine returns s as one line of at most limit runes: white space of any kind
// becomes single blanks, and every other character that does not print goes
// (controls, escapes, bidirectional overrides, broken UTF-8). An ellipsis marks
// what was cut.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(printable(s), unicode.IsSpace), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " ") + "…"
}

// plainText returns s with its line ends as "\n" and its lines as printable text,
// without trailing blanks and without blank lines at either end.
func plainText(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		b.WriteString(strings.TrimRight(printable(line), " "))
		b.WriteByte('\n')
	}
	return strings.Trim(b.String(), "\n")
}

// printable turns white space into blanks and drops what does not print.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
}
