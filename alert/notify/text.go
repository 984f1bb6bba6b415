package notify

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"haproxy-alert/alert"
)

// OneLine returns s as one line of at most limit runes: white space of any kind
// becomes single blanks, and every other character that does not print goes
// (controls, escapes, bidirectional overrides, broken UTF-8). An ellipsis marks
// what was cut.
func OneLine(s string, limit int) string {
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

// Limit is what a service takes of a text: so much by its own measure, once the text is
// written its way. A text over it would be refused, and with it the alert.
type Limit struct {
	Most  int
	Size  func(string) int
	Write func(string) string // escapes; nil leaves the text
	Lines int                 // how many lines it takes; 0 is any number
}

// Body is the notice's body as the service wants it, cut after a whole line; the lines
// that were cut are counted.
func (l Limit) Body(d alert.Dispatch) string {
	text := strings.TrimRight(BodyText(d), "\n")
	lines := strings.Split(text, "\n")
	if whole := l.written(text); l.Size(whole) <= l.Most && (l.Lines == 0 || len(lines) <= l.Lines) {
		return whole
	}
	left := l.Most - l.Size(more(len(lines)))
	var b strings.Builder
	for k, line := range lines {
		written := l.written(line) + "\n"
		if k == 0 && l.Size(written) > left {
			written = l.beginning(line, left) + "\n"
		}
		if left -= l.Size(written); left < 0 || k+1 == l.Lines {
			return b.String() + more(len(lines)-k)
		}
		b.WriteString(written)
	}
	return strings.TrimRight(b.String(), "\n")
}

func more(lines int) string { return fmt.Sprintf("[%d lines more]", lines) }

// beginning is what fits of one line, with an ellipsis.
func (l Limit) beginning(line string, most int) string {
	const ellipsis = "…"
	most -= l.Size(ellipsis + "\n")
	for at, r := range line {
		if most -= l.Size(l.written(string(r))); most < 0 {
			return l.written(line[:at]) + ellipsis
		}
	}
	return l.written(line)
}

func (l Limit) written(s string) string {
	if l.Write == nil {
		return s
	}
	return l.Write(s)
}

// Runes is how many characters a text has. It is a measure for Limit, as Units and Quoted
// are.
func Runes(s string) int { return utf8.RuneCountInString(s) }

// Units is how many UTF-16 units a text has.
func Units(s string) int { return len(utf16.Encode([]rune(s))) }

// Quoted is how many octets a text takes within the quotes of JSON, never fewer than it
// has.
func Quoted(s string) int {
	b, _ := json.Marshal(s) // a string can always be written
	return len(b) - len(`""`)
}

// Bounds of what one notice may say on a channel.
const (
	// maxLine is the longest subject or header value in runes; more is cut, with
	// an ellipsis.
	MaxLine = 200
	// maxBody is the longest body in octets; of text more is cut at a line's end,
	// and the body says so, HTML that is longer is left out.
	MaxBody = 256 << 10
	// lateAfter is the delay from which a notice says that it is late.
	lateAfter = time.Minute
)

// Subject returns the notice's subject, one printable line; never empty.
func Subject(n alert.Notice) string {
	if s := OneLine(n.Subject, MaxLine); s != "" {
		return s
	}
	return OneLine(n.Kind.String()+" "+n.Key(), MaxLine)
}

// BodyText returns the notice's body, each line ended by "\n", headed by how late it is.
func BodyText(d alert.Dispatch) string {
	text := shorten(plainText(d.Notice.Body))
	if text != "" {
		text += "\n"
	}
	late := lateness(d)
	if late == "" || text == "" {
		return late + text
	}
	return late + "\n" + text
}

// BodyHTML returns the notice's HTML in printable lines, with how late it is at its
// head; empty when there is none. HTML longer than maxBody is left out, since no cut
// leaves it whole: the text stands.
func BodyHTML(d alert.Dispatch) string {
	page := plainText(d.Notice.HTML)
	if page == "" || len(page) > MaxBody {
		return ""
	}
	if late := lateness(d); late != "" {
		at := 0
		if tag := bodyTag.FindStringIndex(page); tag != nil {
			at = tag[1]
		}
		page = page[:at] + "\n<p>" + html.EscapeString(strings.TrimSpace(late)) + "</p>\n" + page[at:]
	}
	return page + "\n"
}

// bodyTag is the tag that what is shown comes after. The values in a notice's HTML are
// escaped, so only its template can have written one.
var bodyTag = regexp.MustCompile(`(?i)<body(\s[^>]*)?>`)

// lateness is one line on how late the notice is; empty when it is not.
func lateness(d alert.Dispatch) string {
	if d.Delay < lateAfter {
		return ""
	}
	return fmt.Sprintf("Late by %s: this was due at %s.\n", alert.Duration(d.Delay), dueAt(d).Format("2006-01-02 15:04:05 MST"))
}

// shorten cuts text that is longer than maxBody after its last whole line.
func shorten(text string) string {
	if len(text) <= MaxBody {
		return text
	}
	cut := strings.LastIndexByte(text[:MaxBody], '\n')
	if cut < 0 {
		cut = len(strings.ToValidUTF8(text[:MaxBody], ""))
	}
	return fmt.Sprintf("%s\n[%d octets more were cut]", text[:cut], len(text)-cut)
}

// dueAt is when the notice was due, or the first of what it tells.
func dueAt(d alert.Dispatch) time.Time {
	if d.Due.IsZero() {
		return d.Notice.Time
	}
	return d.Due
}

// MaxExcerpt is how many runes of an answer stand in an error.
const MaxExcerpt = 200
