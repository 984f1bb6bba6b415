package journal

import "time"

// stamps are the last days and zones that were written: the facts of a burst have few.
type stamps [2]stamp

// stamp is what the times of one day have in common.
type stamp struct {
	midnight int64                    // the day's first second, as a clock of the zone counts
	offset   int                      // of the zone, in seconds
	date     [len("2026-11-20T")]byte // empty in a zero stamp
	zone     [len("+01:00")]byte      // what ends the text
	size     int                      // of zone; 0: nothing is known
}

// time writes a time as time.Time.AppendText does. Only the first of a day costs a
// calendar.
func (o *object) time(b []byte, name string, t time.Time) []byte {
	b = append(append(b, name...), '"')
	_, offset := t.Zone()
	local := t.Unix() + int64(offset)
	for k := range o.stamps {
		s := &o.stamps[k]
		if since := local - s.midnight; s.size > 0 && s.offset == offset && uint64(since) < 24*60*60 {
			return append(s.at(b, int(since), t.Nanosecond()), '"')
		}
	}
	start := len(b)
	b, err := t.AppendText(b)
	if err != nil {
		o.err = err
		return b
	}
	o.stamps[1] = o.stamps[0]
	o.stamps[0] = stampOf(b[start:], t, offset)
	return append(b, '"')
}

// stampOf learns from the text of t.
func stampOf(text []byte, t time.Time, offset int) stamp {
	hour, minute, second := t.Clock()
	s := stamp{midnight: t.Unix() + int64(offset) - int64(hour*3600+minute*60+second), offset: offset, size: 1}
	if offset != 0 {
		s.size = len(s.zone)
	}
	copy(s.date[:], text)
	copy(s.zone[:], text[len(text)-s.size:])
	return s
}

// at writes the time so many seconds and nanoseconds after midnight.
func (s *stamp) at(b []byte, second, nano int) []byte {
	b = append(b, s.date[:]...)
	hour, minute := second/3600, second/60%60
	second %= 60
	b = append(b,
		byte('0'+hour/10), byte('0'+hour%10), ':',
		byte('0'+minute/10), byte('0'+minute%10), ':',
		byte('0'+second/10), byte('0'+second%10))
	if nano != 0 {
		b = fraction(b, nano)
	}
	return append(b, s.zone[:s.size]...)
}

// fraction writes nanoseconds without the zeros at their end.
func fraction(b []byte, nano int) []byte {
	digits := [...]byte{'.', 9: 0}
	for i := len(digits) - 1; i > 0; i-- {
		digits[i] = byte('0' + nano%10)
		nano /= 10
	}
	size := len(digits)
	for digits[size-1] == '0' {
		size--
	}
	return append(b, digits[:size]...)
}
