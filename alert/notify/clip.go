package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"haproxy-alert/alert"
)

// limit is what a service takes of a text: so much by its own measure, once the text is
// written its way. A text over it would be refused, and with it the alert.
type limit struct {
	most  int
	size  func(string) int
	write func(string) string // escapes; nil leaves the text
	lines int                 // how many lines it takes; 0 is any number
}

// body is the notice's body as the service wants it, cut after a whole line; the lines
// that were cut are counted.
func (l limit) body(d alert.Dispatch) string {
	text := strings.TrimRight(bodyText(d), "\n")
	lines := strings.Split(text, "\n")
	if whole := l.written(text); l.size(whole) <= l.most && (l.lines == 0 || len(lines) <= l.lines) {
		return whole
	}
	left := l.most - l.size(more(len(lines)))
	var b strings.Builder
	for k, line := range lines {
		written := l.written(line) + "\n"
		if k == 0 && l.size(written) > left {
			written = l.beginning(line, left) + "\n"
		}
		if left -= l.size(written); left < 0 || k+1 == l.lines {
			return b.String() + more(len(lines)-k)
		}
		b.WriteString(written)
	}
	return strings.TrimRight(b.String(), "\n")
}

func more(lines int) string { return fmt.Sprintf("[%d lines more]", lines) }

// beginning is what fits of one line, with an ellipsis.
func (l limit) beginning(line string, most int) string {
	const ellipsis = "…"
	most -= l.size(ellipsis + "\n")
	for at, r := range line {
		if most -= l.size(l.written(string(r))); most < 0 {
			return l.written(line[:at]) + ellipsis
		}
	}
	return l.written(line)
}

func (l limit) written(s string) string {
	if l.write == nil {
		return s
	}
	return l.write(s)
}

// runes, units and quoted are measures: characters, UTF-16 units, and octets within
// the quotes of JSON, never fewer than those of the text.
func runes(s string) int { return utf8.RuneCountInString(s) }

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func quoted(s string) int {
	b, _ := json.Marshal(s) // a string can always be written
	return len(b) - len(`""`)
}
