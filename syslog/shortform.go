package syslog

// The short forms of journalctl whose time is no date: "host tag[pid]: text"
// follows, as in a relay's files.

// readUnix reads "1795246682.217407 host tag[pid]: text".
func (h *head) readUnix(b []byte) bool {
	const whole = len("1795246682")
	if len(b) <= whole || b[whole] != '.' || !allDigits(b[:whole]) {
		return false
	}
	end := whole + fraction(b[whole:])
	if end == whole || closed(b, end) == 0 || !h.readOrigin(b, skipBlanks(b, end), true) {
		return false
	}
	h.clothing, h.stamp, h.time = FileUnix, epochal, span{0, end}
	return true
}

// readUptime reads "[ 4357.872054] host tag[pid]: text": the seconds since the
// machine started, which tell no time to anyone else.
func (h *head) readUptime(b []byte) bool {
	at := skipBlanks(b, 1)
	for at < len(b) && isDigit(b[at]) {
		at++
	}
	n := fraction(b[at:])
	if at += n; n == 0 || at+1 >= len(b) || b[at] != ']' || b[at+1] != ' ' {
		return false
	}
	if !h.readOrigin(b, skipBlanks(b, at+1), true) {
		return false
	}
	h.clothing = FileUptime
	return true
}
