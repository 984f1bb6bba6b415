package syslog

import (
	"strconv"
	"time"
)

// outerTime reads the time that stands beside a line: RFC 3339, RFC 3164's form,
// or a number since 1970. It is zero when it is none of these.
func outerTime(b []byte, c Clock) (t time.Time, zoned bool) {
	for len(b) > 0 && b[len(b)-1] == ' ' { // SYSLOG_TIMESTAMP ends with the header's blank
		b = b[:len(b)-1]
	}
	h := head{time: span{0, len(b)}}
	switch len(b) {
	case 0:
		return time.Time{}, false
	case isoStamp(b):
		h.stamp = iso
	case bsdStamp(b):
		h.stamp = bsd
	default:
		t = epoch(b)
		return t, !t.IsZero()
	}
	w, ok := h.wall(b)
	if !ok {
		return time.Time{}, false
	}
	return c.resolve(w), w.zoned
}

// epoch reads a number of seconds, milli-, micro- or nanoseconds since 1970. The
// digits tell which: all four have ten, thirteen, sixteen or nineteen from 2001
// to 2286. Seconds may have a fraction.
func epoch(b []byte) time.Time {
	const seconds = 10
	whole := 0
	for whole < len(b) && isDigit(b[whole]) {
		whole++
	}
	if whole == seconds && whole+fraction(b[whole:]) == len(b) {
		return time.Unix(int64(number(b[:whole])), int64(nanoseconds(b[whole:]))).UTC()
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
