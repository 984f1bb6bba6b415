package web

import (
	"strings"

	"haproxy-alert/alert"
)

// unmentioned parts every "@" from what follows by a space that nobody sees, so that no
// text of a server can call everybody ("@channel", "@everyone", "<@U123>"), and so does
// it with "](", which would show one address and lead to another.
func unmentioned(s string) string { return unmention.Replace(s) }

var unmention = strings.NewReplacer("@", "@\u200b", "](", "]\u200b(")

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
