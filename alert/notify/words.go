package notify

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Bounds of what one notice may say on a channel.
const (
	// maxLine is the longest subject or header value in runes; more is cut, with
	// an ellipsis.
	maxLine = 200
	// maxBody is the longest body in octets; of text more is cut at a line's end,
	// and the body says so, HTML that is longer is left out.
	maxBody = 256 << 10
	// lateAfter is the delay from which a notice says that it is late.
	lateAfter = time.Minute
)

// subject returns the notice's subject, one printable line; never empty.
func subject(n alert.Notice) string {
	if s := oneLine(n.Subject, maxLine); s != "" {
		return s
	}
	return oneLine(n.Kind.String()+" "+n.Key(), maxLine)
}

// bodyText returns the notice's body, each line ended by "\n", headed by how late it is.
func bodyText(d alert.Dispatch) string {
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

// bodyHTML returns the notice's HTML in printable lines, with how late it is at its
// head; empty when there is none. HTML longer than maxBody is left out, since no cut
// leaves it whole: the text stands.
func bodyHTML(d alert.Dispatch) string {
	page := plainText(d.Notice.HTML)
	if page == "" || len(page) > maxBody {
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
	if len(text) <= maxBody {
		return text
	}
	cut := strings.LastIndexByte(text[:maxBody], '\n')
	if cut < 0 {
		cut = len(strings.ToValidUTF8(text[:maxBody], ""))
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
