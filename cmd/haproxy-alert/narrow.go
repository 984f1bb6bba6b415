package main

import (
	"bytes"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
	"time"
)

// lastLine is the time of a log's last line that has one, or of its last writing.
func lastLine(log *logfile.Log, timeline syslog.Timeline) (last time.Time) {
	timeline.Written = log.Modified()
	if first := log.First(); first != nil {
		timeline.Parse(first)
	}
	for line := range bytes.Lines(log.Tail()) {
		if t := timeline.Parse(line).Time; !t.IsZero() {
			last = t
		}
	}
	if last.IsZero() {
		return log.Modified()
	}
	return last
}

// narrow leaves out what of a plain log lies outside the stretch, so that an hour
// of a large one is read in no time. Years are told from the log's first line on.
func narrow(log *logfile.Log, s span, timeline syslog.Timeline) error {
	first := log.First()
	if first == nil {
		return nil
	}
	timeline.Written = log.Modified()
	timeline.Parse(first)
	reached := func(t time.Time) logfile.Reached {
		if t.IsZero() {
			return nil
		}
		return func(line []byte) (bool, bool) {
			at := timeline // of the first line: a probe is not what comes next
			said := at.Parse(line).Time
			return !said.Before(t), !said.IsZero()
		}
	}
	return log.Narrow(reached(pad(s.from, -disorder)), reached(pad(s.to, disorder)))
}

// pad moves an end of a stretch, unless it is open.
func pad(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(by)
}
