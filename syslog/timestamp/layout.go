package timestamp

import (
	"time"

	"haproxy-alert/syslog/internal/scan"
)

// Layout is the way a header writes its time.
type Layout uint8

// The layouts.
const (
	None Layout = iota
	BSD         // Nov 21 07:38:02, RFC 3164 section 4.1.2; journalctl adds a fraction
	ISO         // 2026-11-21T07:38:02.217407+00:00, RFC 3339
	Unix        // 1795246682.217407, seconds since 1970
)

// The lengths of times.
const (
	BSDLength = len("Nov 21 07:38:02")
	ISOLength = len("2026-11-21T07:38:02")
	// ISOLongest is with all that may follow.
	ISOLongest = ISOLength + 1 + maxFraction + len("+01:00")
	// maxFraction bounds the digits of a fraction: nanoseconds.
	maxFraction = 9
)

// The shapes of times, "d" a digit.
var (
	clockPattern   = scan.NewDigitPattern("dd:dd:dd")
	datePattern    = scan.NewDigitPattern("dddd-dd-")
	dayHourPattern = scan.NewDigitPattern("ddTdd:dd")
)

// IsDate reports whether b begins with "2026-11-" or the like: what does not is no ISO
// time.
func IsDate(b []byte) bool { return len(b) >= ISOLength && datePattern.Fits(b) }

// LenBSD returns the length of the RFC 3164 time b begins with, followed by a
// blank or the end; 0 when there is none. Only the shape is tested here.
func LenBSD(b []byte) int {
	if !IsBSD(b) {
		return 0
	}
	return Closed(b, BSDLength+LenFraction(b[BSDLength:]))
}

// IsBSD reports whether b begins with "Nov 21 07:38:02".
func IsBSD(b []byte) bool {
	return len(b) >= BSDLength && clockPattern.Fits(b[7:]) && b[3] == ' ' && b[6] == ' ' &&
		scan.IsDigit(b[5]) && (b[4] == ' ' || scan.IsDigit(b[4])) && month(b) != 0
}

// LenISO returns the length of the RFC 3339 time b begins with, followed by a
// blank or the end; 0 when there is none. The zone may lack its colon, as in
// journalctl -o short-iso, or be missing.
func LenISO(b []byte) int {
	if !IsDate(b) || !dayHourPattern.Fits(b[8:]) ||
		b[16] != ':' || !scan.IsDigit(b[17]) || !scan.IsDigit(b[18]) {
		return 0
	}
	n := ISOLength + LenFraction(b[ISOLength:])
	return Closed(b, n+zone(b[n:]))
}

// Closed returns n when a blank or the end follows b[:n], else 0.
func Closed(b []byte, n int) int {
	if n < len(b) && b[n] != ' ' {
		return 0
	}
	return n
}

// LenFraction returns the length of ".217407", 0 when there is none.
func LenFraction(b []byte) int {
	if len(b) < 2 || b[0] != '.' || !scan.IsDigit(b[1]) {
		return 0
	}
	n := 2
	for n < len(b) && n <= maxFraction && scan.IsDigit(b[n]) {
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
	case len(b) >= 6 && b[3] == ':' && scan.AllDigits(b[1:3]) && scan.AllDigits(b[4:6]):
		return 6
	case len(b) >= 5 && scan.AllDigits(b[1:5]):
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
