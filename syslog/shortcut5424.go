package syslog

// shortcut5424 returns where the text begins in RFC 5424's form as HAProxy and its
// rings write it,
//
//	<PRI>1 2026-11-21T07:38:02.217407+00:00 host haproxy 28133 - - text
//
// and 0 for any other; at is the place of the version. Like shortcut it never says
// anything else than the whole reading does.
func shortcut5424(b []byte, at int) int {
	at++
	if at == len(b) || b[at] != ' ' {
		return 0
	}
	at++
	n := isoStamp(b[at:])
	if n == 0 {
		return 0
	}
	at += n
	for range 2 { // host and tag
		word := at + 1
		for at = word; at < len(b) && b[at] != ' '; at++ {
		}
		if at == word {
			return 0
		}
	}
	digits := at + 1
	for at = digits; at < len(b) && isDigit(b[at]); at++ {
	}
	text := at + len(" - - ")
	if at == digits || text >= len(b) || string(b[at:text]) != " - - " ||
		b[text] == ' ' || b[text] == '[' || b[text] == '\xef' {
		return 0
	}
	return text
}
