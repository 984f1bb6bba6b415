package main

import (
	"time"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
)

// lastLine is the time of a log's last line that has one, or of its last writing.
func lastLine(log *logfile.File, timeline syslog.Timeline) time.Time {
	timeline.Written = log.Modified()
	if last := log.Last(timeline.Later); !last.IsZero() {
		return last
	}
	return log.Modified()
}

// narrow leaves out what of a plain log lies outside the stretch, so that an hour
// of a large one is read in no time.
func narrow(log *logfile.File, s span, timeline syslog.Timeline) error {
	timeline.Written = log.Modified()
	return log.Seek(timeline.Later, pad(s.from, -disorder), pad(s.to, disorder))
}

// pad moves an end of a stretch, unless it is open.
func pad(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(by)
}
