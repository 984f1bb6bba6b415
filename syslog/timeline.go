package syslog

import (
	"time"

	"haproxy-alert/syslog/timestamp"
)

const (
	month3   = 91 * 24 * time.Hour
	halfYear = 183 * 24 * time.Hour
	// late is how much later than its file's modification a line may claim to be:
	// its clock may be wrong, or its zone another one.
	late = 24 * time.Hour
)

// Timeline reads the messages of one log in their order, and lets their times go
// on from line to line: over New Year, and through the hour that is shown twice
// in autumn.
//
// A line may lie three months before the last one, as in logs strung together,
// or nine months behind it. Wider gaps cannot be told from a year's end.
type Timeline struct {
	// Location is where times without a zone were written; nil means Local.
	Location *time.Location
	// Written is when the log was written last (Log.Modified): no line is later
	// by more than a day, unless Year is set. Zero when unknown.
	Written time.Time
	// Year is the first line's; 0 takes the last one that ends before Written.
	Year int

	last time.Time
}

// Parse reads the next message of the log.
func (t *Timeline) Parse(frame []byte) Message {
	m := t.parse(frame, t.clock())
	if !m.Time.IsZero() {
		t.last = m.Time
	}
	return m
}

// Later returns the time of a line that stands anywhere behind one of that time: without a
// year, the next such day from then on, or the day before, for lines may be out of order. Zero
// says that the line tells none. behind is zero for the log's first line. It is for who looks
// at single lines of a log, as logfile.File.Seek does, and does not count as reading on.
func (t *Timeline) Later(frame []byte, behind time.Time) time.Time {
	c := t.clock()
	if !behind.IsZero() {
		c.Near, c.Lean = behind, halfYear-late
	}
	return t.parse(frame, c).Time
}

// Resume goes on behind a line of that time; zero, which no line has, changes nothing.
func (t *Timeline) Resume(at time.Time) {
	if !at.IsZero() {
		t.last = at
	}
}

// parse reads a message by a clock. What would be later than the log was written is read
// again, as the last such day before.
func (t *Timeline) parse(frame []byte, c timestamp.Clock) Message {
	m := Parse(frame, c)
	if limit := t.Written.Add(late); t.Year == 0 && !t.Written.IsZero() && !m.Zoned && m.Time.After(limit) {
		c.Near, c.Lean = limit, -halfYear
		m = Parse(frame, c)
	}
	return m
}

// clock is the one for the next line.
func (t *Timeline) clock() timestamp.Clock {
	c := timestamp.Clock{Near: t.last, Location: t.Location, Lean: month3}
	switch {
	case !t.last.IsZero():
	case t.Year > 0:
		c.Near, c.Lean = t.midYear(), 0
	case !t.Written.IsZero():
		c.Near, c.Lean = t.Written.Add(late), -halfYear
	}
	return c
}

// midYear is the middle of Year, from which all its days are nearest.
func (t *Timeline) midYear() time.Time {
	place := t.Location
	if place == nil {
		place = time.Local
	}
	begin := time.Date(t.Year, time.January, 1, 0, 0, 0, 0, place)
	return begin.Add(time.Date(t.Year+1, time.January, 1, 0, 0, 0, 0, place).Sub(begin) / 2)
}
