package logs

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"time"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/term"
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

// disorder is how far lines of a log may lie out of order: threads and relays write
// them down a little late. So much around the wanted stretch is read.
const disorder = time.Minute

// span is a stretch of time, its end not included; a zero end is open.
type span struct{ from, to time.Time }

// holds reports whether t lies in the stretch.
func (s span) holds(t time.Time) bool {
	return !t.Before(s.from) && (s.to.IsZero() || t.Before(s.to))
}

// clip is t, or the end of the stretch that lies nearer.
func (s span) clip(t time.Time) time.Time {
	switch {
	case t.IsZero():
	case t.Before(s.from):
		return s.from
	case !s.to.IsZero() && t.After(s.to):
		return s.to
	}
	return t
}

// span reads --since and --until. Times back from the end count from the last line
// of the plain logs, or from when another one was written.
func (o *LogOptions) span(names []string, r *LogReader) (s span, err error) {
	for _, end := range []struct {
		flag, value string
		at          *time.Time
	}{{"since", o.since, &s.from}, {"until", o.until, &s.to}} {
		if end.value == "" {
			continue
		}
		if *end.at, err = moment(end.value, names, r); err != nil {
			return span{}, term.UsageError{Err: fmt.Errorf("read --%s: %w", end.flag, err)}
		}
	}
	if !s.to.IsZero() && !s.from.Before(s.to) {
		return span{}, term.UsageError{Err: fmt.Errorf("--since %s is not before --until %s", o.since, o.until)}
	}
	return s, nil
}

// momentLayouts are times people write by hand; those of logs are read as in logs.
var momentLayouts = []string{time.DateOnly, "2006-01-02 15:04", time.DateTime}

// moment reads a time as logs have it, one written by hand, or one back from the end.
func moment(value string, names []string, r *LogReader) (time.Time, error) {
	var back config.Duration
	if err := back.UnmarshalText([]byte(value)); err == nil {
		end, err := lastOf(names, r.startOf)
		return end.Add(-time.Duration(back)), err
	}
	timeline := r.start
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, value, timeline.Location); err == nil {
			return t, nil
		}
	}
	timeline.Written = written(names)
	if t := timeline.Parse([]byte(value + " host tag[1]: ")).Time; !t.IsZero() {
		return t, nil
	}
	return time.Time{}, fmt.Errorf(`want a time as logs have it, "2026-11-21 07:38" or "2h" back from the end, not %q`, value)
}

// written is when the newest of the logs was written last; now, when that is stdin.
func written(names []string) (newest time.Time) {
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && isFile(name) {
			newest = slices.MaxFunc([]time.Time{newest, info.ModTime()}, time.Time.Compare)
		}
	}
	return cmp.Or(newest, time.Now())
}

// lastOf is the end of the logs.
func lastOf(names []string, startOf func(string) syslog.Timeline) (last time.Time, err error) {
	for _, name := range names {
		if _, err := os.Stat(name); (err == nil || name == "-") && !isFile(name) {
			return last, fmt.Errorf("where %s ends is not known, name a time or a file", name)
		}
		log, err := logfile.Open(name, nil)
		if err != nil {
			return last, err
		}
		last = slices.MaxFunc([]time.Time{last, lastLine(log, startOf(name))}, time.Time.Compare)
		_ = log.Close()
	}
	return last, nil
}
