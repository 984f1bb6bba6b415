package notify

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"haproxy-alert/alert"
)

// chatText is the notice's body in at most so many runes, cut after a whole line; what
// was cut is counted.
func chatText(d alert.Dispatch, most int) string {
	text := strings.TrimRight(bodyText(d), "\n")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	var b strings.Builder
	lines := strings.Split(text, "\n")
	left := most - len("\n[1000000 lines more]")
	for k, line := range lines {
		if left -= utf8.RuneCountInString(line) + 1; left < 0 {
			if k == 0 { // one line, longer than all that fits
				return oneLine(line, most)
			}
			fmt.Fprintf(&b, "[%d lines more]", len(lines)-k)
			break
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// unmentioned parts every "@" from what follows by a space that nobody sees, so that no
// text of a server can call everybody ("@channel", "@everyone", "<@U123>").
func unmentioned(s string) string { return strings.ReplaceAll(s, "@", "@\u200b") }

// mood is what a notice is to its reader, as a channel's colour or priority shows it.
type mood int

const (
	bad  mood = iota // an outage
	good             // it is over
	calm             // all else
)

func moodOf(n alert.Notice) mood {
	switch {
	case n.Kind == alert.Recovery || n.Kind == alert.Calm || n.Kind == alert.Digest && !n.Closed.IsZero():
		return good
	case n.Severity <= alert.Alert:
		return bad
	}
	return calm
}
