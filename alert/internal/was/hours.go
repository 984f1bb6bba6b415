package was

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours are windows of the week; the zero Hours is all of it.
type Hours struct {
	// Days are the days on which a window begins; none means every day.
	Days []time.Weekday `json:"days,omitempty"`
	// From and To bound it, as the time since midnight; a To that is not after
	// From lies on the next day.
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`
	// Zone is the one of the windows; the zero Zone is UTC.
	Zone Zone `json:"zone,omitzero"`
}

// Zone is a time zone by its IANA name.
type Zone struct{ loc *time.Location }

// ParseZone looks a zone up; the empty name is UTC.
func ParseZone(name string) (Zone, error) {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return Zone{}, fmt.Errorf(`unknown time zone %q, want a name such as "Europe/Paris"`, name)
	}
	return Zone{loc}, nil
}

// MarshalText writes the zone's name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.Location().String()), nil }

// UnmarshalText looks the zone up by its name.
func (z *Zone) UnmarshalText(text []byte) (err error) {
	*z, err = ParseZone(string(text))
	return err
}

// IsZero reports whether no zone was named.
func (z Zone) IsZero() bool { return z.loc == nil }

// Equal reports whether the zones have the same name.
func (z Zone) Equal(other Zone) bool { return z.Location().String() == other.Location().String() }

// Location returns the zone; that of the zero Zone is UTC.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// IsZero reports whether the hours are unbounded.
func (h Hours) IsZero() bool { return len(h.Days) == 0 && h.From == 0 && h.To == 0 }

// ParseHours reads "Sat,Sun 22:00-06:00", "Mon-Fri 08:00-18:00" or "02:00-03:00",
// with the zone it is meant in. The empty text is always.
func ParseHours(text string, zone Zone) (Hours, error) {
	h := Hours{Zone: zone}
	if text == "" {
		return Hours{}, nil
	}
	days, span, ok := strings.Cut(text, " ")
	if !ok {
		days, span = "", text
	}
	var err error
	if h.Days, err = parseDays(days); err != nil {
		return Hours{}, err
	}
	var from, to [2]int
	if n, err := fmt.Sscanf(span+"\n", "%2d:%2d-%2d:%2d\n", &from[0], &from[1], &to[0], &to[1]); err != nil || n != 4 ||
		from[0] > 24 || to[0] > 24 || from[1] > 59 || to[1] > 59 {
		return Hours{}, fmt.Errorf(`want hours such as "Sat,Sun 22:00-06:00", not %q`, text)
	}
	h.From = time.Duration(from[0])*time.Hour + time.Duration(from[1])*time.Minute
	h.To = time.Duration(to[0])*time.Hour + time.Duration(to[1])*time.Minute
	return h, nil
}

// String writes the hours as ParseHours reads them, without the zone; the zero Hours
// is empty.
func (h Hours) String() string {
	if h.IsZero() {
		return ""
	}
	var days []string
	for _, d := range h.Days {
		days = append(days, d.String()[:3])
	}
	clock := func(since time.Duration) string {
		return fmt.Sprintf("%02d:%02d", since/time.Hour, since%time.Hour/time.Minute)
	}
	return strings.TrimPrefix(strings.Join(days, ",")+" "+clock(h.From)+"-"+clock(h.To), " ")
}

func parseDays(text string) ([]time.Weekday, error) {
	var days []time.Weekday
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		first, last, span := strings.Cut(part, "-")
		a, err := parseDay(first)
		if err != nil {
			return nil, err
		}
		b := a
		if span {
			if b, err = parseDay(last); err != nil {
				return nil, err
			}
		}
		for d := a; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == b {
				break
			}
		}
	}
	return days, nil
}

func parseDay(name string) (time.Weekday, error) {
	for d := range time.Weekday(7) {
		if strings.EqualFold(name, d.String()) || strings.EqualFold(name, d.String()[:3]) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("want a day such as Mon or Saturday, not %q", name)
}

// hold reports whether the hours hold at the time.
func (h Hours) hold(at time.Time) bool { return h.IsZero() || !h.end(at).IsZero() }

// end returns the end of the window that holds at the time, zero when none does.
func (h Hours) end(at time.Time) time.Time {
	if h.IsZero() {
		return time.Time{}
	}
	local := at.In(h.Zone.Location())
	for back := range 2 { // a window of yesterday may reach into today
		day := local.AddDate(0, 0, -back)
		if len(h.Days) > 0 && !slices.Contains(h.Days, day.Weekday()) {
			continue
		}
		from, to := onDay(day, h.From), onDay(day, h.To)
		if h.To <= h.From {
			to = onDay(day.AddDate(0, 0, 1), h.To)
		}
		if !at.Before(from) && at.Before(to) {
			return to
		}
	}
	return time.Time{}
}

// onDay returns the wall clock time of a day, whatever the zone's clock did on it.
func onDay(day time.Time, since time.Duration) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, day.Location())
}
