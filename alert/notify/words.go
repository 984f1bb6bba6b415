package notify

import (
	"fmt"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Bounds of what one notice may say on a channel.
const (
	// maxLine is the longest subject or header value in runes; more is cut, with
	// an ellipsis.
	maxLine = 200
	// maxBody is the longest body in octets; more is cut at a line's end, and
	// the body says so.
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
	if d.Delay < lateAfter {
		return text
	}
	late := fmt.Sprintf("Late by %s: this was due at %s.\n", d.Delay.Round(time.Second), d.Notice.Time.Format(time.RFC3339))
	if text == "" {
		return late
	}
	return late + "\n" + text
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
