package timestamp

import "time"

// Clock settles what a header's time leaves open.
type Clock struct {
	// Near is a moment the line is near to: now when it just came in, the last
	// line's time in a file. It gives the year RFC 3164 does not write and tells
	// the two hours apart that a clock shows when it is put back. While it is
	// zero, times without a year stay unknown.
	Near time.Time
	// Location is where times without a zone were written; nil means Local.
	Location *time.Location
	// Live says that Near is when the line came in, as it was written. Then a time without a
	// zone that is off by whole quarter hours was written in another zone than Location: Shift
	// says by how much.
	Live bool

	// lean moves the year's choice: its times lie within half a year of
	// Near+lean.
	Lean time.Duration
}

const (
	// zoneGrain is what all zones are multiples of, zoneReach how far two of them can lie
	// apart: UTC-12 and UTC+14.
	zoneGrain = 15 * time.Minute
	zoneReach = 26 * time.Hour
	// zoneSlack is how much a line of another zone may come late, and its clock be wrong. More
	// would take lines that are really late for such.
	zoneSlack = 30 * time.Second
)

// Shift returns by how much a time without a zone is to be moved, to be that of a line that
// came in at Near; 0 where that is no matter of zones, or Live is not set. A line that is late
// by a quarter of an hour to the half minute is moved, too: its time is then that of its
// arrival, to half a minute.
func (c Clock) Shift(t time.Time) time.Duration {
	if !c.Live {
		return 0
	}
	off := c.Near.Sub(t)
	zones := off.Round(zoneGrain)
	if zones.Abs() > zoneReach || (off-zones).Abs() > zoneSlack {
		return 0
	}
	return zones
}

// leapReach is how far the next leap year can be: 2096 and 2104.
const leapReach = 8

// Resolve returns the moment a wall means: the one nearest to Near.
func (c Clock) Resolve(w Civil) time.Time {
	place := c.Location
	if place == nil {
		place = time.Local
	}
	if w.Zoned {
		return w.in(w.year, Fixed(w.east))
	}
	year := w.year
	if year == 0 {
		if c.Near.IsZero() {
			return time.Time{}
		}
		year = c.year(w, place)
	}
	return c.hour(w, year, place)
}

// year returns the year that brings the wall nearest to Near+lean. A 29th of
// February only has leap years to choose from.
func (c Clock) year(w Civil, place *time.Location) int {
	middle := c.Near.Add(c.Lean).In(place)
	reach := 1
	if w.month == time.February && w.day == 29 {
		reach = leapReach
	}
	best, nearest := middle.Year(), time.Duration(-1)
	for year := middle.Year() - reach; year <= middle.Year()+reach; year++ {
		if w.month != time.January && w.day > daysIn(year, w.month) {
			continue
		}
		if d := w.in(year, place).Sub(middle).Abs(); nearest < 0 || d < nearest {
			best, nearest = year, d
		}
	}
	return best
}

// hour returns the moment the wall means in that year. When the clocks are put
// back, an hour is shown twice: the moment nearest to Near is meant, so that
// lines of a file stay in their order.
func (c Clock) hour(w Civil, year int, place *time.Location) time.Time {
	const day = 24 * time.Hour
	t := w.in(year, place)
	_, before := t.Add(-day).Zone()
	_, after := t.Add(day).Zone()
	if before == after {
		return t
	}
	best := t
	for _, east := range [...]int{before, after} {
		other := w.in(year, Fixed(east)).In(place)
		if _, real := other.Zone(); real == east && other.Sub(c.Near).Abs() < best.Sub(c.Near).Abs() {
			best = other
		}
	}
	return best
}

// Fixed is the zone that lies so many seconds east of UTC.
func Fixed(east int) *time.Location {
	if east == 0 {
		return time.UTC
	}
	return time.FixedZone("", east)
}

// Read reads the time that stands beside a line: RFC 3339, RFC 3164's form,
// or a number since 1970. It is zero when it is none of these.
func Read(b []byte, c Clock) (t time.Time, zoned bool) {
	for len(b) > 0 && b[len(b)-1] == ' ' { // SYSLOG_TIMESTAMP ends with the header's blank
		b = b[:len(b)-1]
	}
	way := ISO
	switch len(b) {
	case 0:
		return time.Time{}, false
	case LenISO(b):
	case LenBSD(b):
		way = BSD
	default:
		t = epoch(b)
		return t, !t.IsZero()
	}
	w, ok := ParseCivil(way, b)
	if !ok {
		return time.Time{}, false
	}
	return c.Resolve(w), w.Zoned
}
