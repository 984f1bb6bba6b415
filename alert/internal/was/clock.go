package was

import "time"

// clock stamps facts with a time that never runs backwards, and never stands
// still either: while the wall clock is behind the last stamp (a step back, a
// restart with a wrong clock) it goes on from there at the pace of the monotonic
// clock.
type clock struct {
	last time.Time // the last stamp
	read time.Time // when it was given, with its monotonic reading
}

func (c *clock) now() time.Time {
	read := time.Now()
	stamp := read.Round(0)
	if stamp.Before(c.last) {
		stamp = c.last
		if !c.read.IsZero() {
			stamp = stamp.Add(max(0, read.Sub(c.read)))
		}
	}
	c.last, c.read = stamp, read
	return stamp
}

// reach moves the clock on to t when it is behind.
func (c *clock) reach(t time.Time) {
	if t.After(c.last) {
		c.last, c.read = t, time.Now()
	}
}
