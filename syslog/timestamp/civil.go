package timestamp

import (
	"strconv"
	"strings"
	"time"

	"haproxy-alert/syslog/internal/scan"
)

// Civil is what a clock on the wall showed, as the header tells it: perhaps
// without a year (0), perhaps without a zone.
type Civil struct {
	year  int
	month time.Month
	day   int
	clock time.Duration // since midnight, as the hands show it
	Zoned bool
	east  int // seconds east of UTC, when zoned
}

// ParseCivil reads a time that is written in that way; ok is false when it shows what no
// clock can.
func ParseCivil(way Layout, at []byte) (w Civil, ok bool) {
	switch way {
	case BSD:
		w = Civil{month: month(at), day: scan.Number(at[4:6])}
		w.clock = clock(at[7:15]) + nanoseconds(at[BSDLength:])
		return w, w.valid()
	case ISO:
		w = Civil{year: scan.Number(at[0:4]), month: time.Month(scan.Number(at[5:7])), day: scan.Number(at[8:10])}
		n := ISOLength + LenFraction(at[ISOLength:])
		w.clock = clock(at[11:19]) + nanoseconds(at[ISOLength:n])
		w.east, w.Zoned = offset(at[n:])
		return w, w.valid() && w.year > 0
	case Unix:
		return wallOf(epoch(at)), true
	case None:
	}
	return Civil{}, false
}

// valid tells whether a calendar has that day and a clock that hour. A leap
// second passes; without a year February has 29 days.
func (w Civil) valid() bool {
	const leapYear = 2000
	year := w.year
	if year == 0 {
		year = leapYear
	}
	return w.clock >= 0 && w.month >= time.January && w.month <= time.December &&
		w.day >= 1 && w.day <= daysIn(year, w.month)
}

// in is the moment of that wall in the year and the place.
func (w Civil) in(year int, place *time.Location) time.Time {
	c := w.clock // a leap second may make it 24 hours: Date normalises
	return time.Date(year, w.month, w.day, int(c/time.Hour), int(c%time.Hour/time.Minute),
		int(c%time.Minute/time.Second), int(c%time.Second), place)
}

// daysIn is the number of days of the month.
func daysIn(year int, m time.Month) int {
	return time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// clock reads "07:38:02"; -1 when no clock shows that.
func clock(b []byte) time.Duration {
	hour, minute, second := scan.Number(b[0:2]), scan.Number(b[3:5]), scan.Number(b[6:8])
	if hour > 23 || minute > 59 || second > 60 {
		return -1
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
}

// nanoseconds reads ".217407".
func nanoseconds(b []byte) time.Duration {
	if len(b) < 2 {
		return 0
	}
	digits := string(b[1:]) + strings.Repeat("0", max(0, maxFraction-len(b)+1))
	return time.Duration(scan.Number([]byte(digits)))
}

// offset reads a zone as seconds east of UTC. "-00:00" says that the zone is
// unknown (RFC 3339 section 4.3): HAProxy's log-forward writes it behind times
// it got without one. Nor is an offset of a day or more a zone.
func offset(b []byte) (east int, zoned bool) {
	if len(b) == 0 {
		return 0, false
	}
	if b[0] == 'Z' {
		return 0, true
	}
	hours, minutes := scan.Number(b[1:3]), scan.Number(b[len(b)-2:])
	east = (hours*60 + minutes) * 60
	if hours > 23 || minutes > 59 || b[0] == '-' && east == 0 {
		return 0, false
	}
	if b[0] == '-' {
		east = -east
	}
	return east, true
}

// DayOfYear reads "324/073802": the day of the year from 0, and the clock.
func DayOfYear(b []byte) (w Civil, ok bool) {
	const form = len("324/073802")
	if len(b) != form || !scan.AllDigits(b[:3]) || !scan.AllDigits(b[4:]) {
		return Civil{}, false
	}
	hour, minute, second := scan.Number(b[4:6]), scan.Number(b[6:8]), scan.Number(b[8:10])
	if hour > 23 || minute > 59 || second > 60 {
		return Civil{}, false
	}
	w.month, w.day = time.January, scan.Number(b[:3])+1
	w.clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return w, w.day <= 366
}

// wallOf is what a clock in UTC shows at t.
func wallOf(t time.Time) Civil {
	t = t.UTC()
	w := CivilOf(t)
	w.year, w.Zoned = t.Year(), true
	w.clock += time.Duration(t.Nanosecond())
	return w
}

// CivilOf is what a clock on the wall shows at t, without its year.
func CivilOf(t time.Time) Civil {
	hour, minute, second := t.Clock()
	return Civil{
		month: t.Month(), day: t.Day(),
		clock: time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second,
	}
}

// epoch reads a number of seconds, milli-, micro- or nanoseconds since 1970. The
// digits tell which: all four have ten, thirteen, sixteen or nineteen from 2001
// to 2286. Seconds may have a fraction.
func epoch(b []byte) time.Time {
	const seconds = 10
	whole := 0
	for whole < len(b) && scan.IsDigit(b[whole]) {
		whole++
	}
	if whole == seconds && whole+LenFraction(b[whole:]) == len(b) {
		return time.Unix(int64(scan.Number(b[:whole])), int64(nanoseconds(b[whole:]))).UTC()
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	switch {
	case err != nil || whole != len(b):
	case whole == seconds+3:
		return time.UnixMilli(n).UTC()
	case whole == seconds+6:
		return time.UnixMicro(n).UTC()
	case whole == seconds+9:
		return time.Unix(0, n).UTC()
	}
	return time.Time{}
}
