package syslog

import "time"

// stamp is the way a header writes its time.
type stamp uint8

const (
	none    stamp = iota
	bsd           // Nov 21 07:38:02, RFC 3164 section 4.1.2; journalctl adds a fraction
	iso           // 2026-11-21T07:38:02.217407+00:00, RFC 3339
	epochal       // 1795246682.217407, seconds since 1970
)

const (
	bsdLength = len("Nov 21 07:38:02")
	isoLength = len("2026-11-21T07:38:02")
	// isoLongest is with all that may follow.
	isoLongest = isoLength + 1 + maxFraction + len("+01:00")
	// maxFraction bounds the digits of a fraction: nanoseconds.
	maxFraction = 9
)

// The shapes of times, "d" a digit.
var (
	shapeClock   = shapeOf("dd:dd:dd")
	shapeDate    = shapeOf("dddd-dd-")
	shapeDayHour = shapeOf("ddTdd:dd")
)

// IsDate reports whether b begins with "2026-11-" or the like: what does not is no ISO
// time.
func IsDate(b []byte) bool { return len(b) >= isoLength && shapeDate.fits(b) }

// bsdStamp returns the length of the RFC 3164 time b begins with, followed by a
// blank or the end; 0 when there is none. Only the shape is tested here.
func bsdStamp(b []byte) int {
	if !isBSD(b) {
		return 0
	}
	return closed(b, bsdLength+fraction(b[bsdLength:]))
}

// isBSD reports whether b begins with "Nov 21 07:38:02".
func isBSD(b []byte) bool {
	return len(b) >= bsdLength && shapeClock.fits(b[7:]) && b[3] == ' ' && b[6] == ' ' &&
		isDigit(b[5]) && (b[4] == ' ' || isDigit(b[4])) && month(b) != 0
}

// isoStamp returns the length of the RFC 3339 time b begins with, followed by a
// blank or the end; 0 when there is none. The zone may lack its colon, as in
// journalctl -o short-iso, or be missing.
func isoStamp(b []byte) int {
	if !IsDate(b) || !shapeDayHour.fits(b[8:]) ||
		b[16] != ':' || !isDigit(b[17]) || !isDigit(b[18]) {
		return 0
	}
	n := isoLength + fraction(b[isoLength:])
	return closed(b, n+zone(b[n:]))
}

// closed returns n when a blank or the end follows b[:n], else 0.
func closed(b []byte, n int) int {
	if n < len(b) && b[n] != ' ' {
		return 0
	}
	return n
}

// fraction returns the length of ".217407", 0 when there is none.
func fraction(b []byte) int {
	if len(b) < 2 || b[0] != '.' || !isDigit(b[1]) {
		return 0
	}
	n := 2
	for n < len(b) && n <= maxFraction && isDigit(b[n]) {
		n++
	}
	return n
}

// zone returns the length of "Z", "+01:00" or "+0100", 0 when there is none.
func zone(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == 'Z':
		return 1
	case b[0] != '+' && b[0] != '-':
		return 0
	case len(b) >= 6 && b[3] == ':' && allDigits(b[1:3]) && allDigits(b[4:6]):
		return 6
	case len(b) >= 5 && allDigits(b[1:5]):
		return 5
	}
	return 0
}

// month returns the month b begins with in RFC 3164's English, 0 when it is none.
func month(b []byte) time.Month {
	switch string(b[:3]) {
	case "Jan":
		return time.January
	case "Feb":
		return time.February
	case "Mar":
		return time.March
	case "Apr":
		return time.April
	case "May":
		return time.May
	case "Jun":
		return time.June
	case "Jul":
		return time.July
	case "Aug":
		return time.August
	case "Sep":
		return time.September
	case "Oct":
		return time.October
	case "Nov":
		return time.November
	case "Dec":
		return time.December
	}
	return 0
}
