package journal

import "time"

// stamps are the last days and zones that were written.
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
	for k := range o.common.stamps {
		s := &o.common.stamps[k]
		if since := local - s.midnight; s.size > 0 && s.offset == offset && uint64(since) < 24*60*60 {
			return append(s.at(b, uint32(since), uint32(t.Nanosecond())), '"')
		}
	}
	start := len(b)
	b, err := t.AppendText(b)
	if err != nil {
		o.err = err
		return b
	}
	o.common.stamps[1] = o.common.stamps[0]
	o.common.stamps[0] = stampOf(b[start:], t, offset)
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
func (s *stamp) at(b []byte, second, nano uint32) []byte {
	b = append(b, s.date[:]...)
	hour, minute := pairs[second/3600], pairs[second/60%60]
	seconds := pairs[second%60]
	b = append(b, hour[0], hour[1], ':', minute[0], minute[1], ':', seconds[0], seconds[1])
	if nano != 0 {
		b = fraction(b, nano)
	}
	if s.size == 1 {
		return append(b, s.zone[0])
	}
	return append(b, s.zone[:]...)
}

// fraction writes nanoseconds without the zeros at their end.
func fraction(b []byte, nano uint32) []byte {
	micro, rest := nano/1000, nano%1000
	high, low := micro/1000, micro%1000
	p1, p2, p3, p4 := pairs[high/10], pairs[high%10*10+low/100], pairs[low%100], pairs[rest/10]
	b = append(b, '.', p1[0], p1[1], p2[0], p2[1], p3[0], p3[1], p4[0], p4[1], byte('0'+rest%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// pairs are the numbers below 100 in two digits.
var pairs = func() (table [100][2]byte) {
	for n := range table {
		table[n] = [2]byte{byte('0' + n/10), byte('0' + n%10)}
	}
	return table
}()
