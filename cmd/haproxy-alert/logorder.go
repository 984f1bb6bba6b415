package main

import (
	"os"
	"slices"
	"time"

	"haproxy-alert/syslog"
)

// inOrder sorts logs by the time of their first line: a shell names a rotated set with
// the newest first. What has no time, and stdin, stays where it was named.
func (r *logReader) inOrder(names []string) []string {
	begins := map[string]time.Time{}
	for _, name := range names {
		if len(names) > 1 && isFile(name) {
			begins[name] = r.begin(name)
		}
	}
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int {
		if begins[a].IsZero() || begins[b].IsZero() {
			return 0
		}
		return begins[a].Compare(begins[b])
	})
	return sorted
}

// isFile reports whether a log can be looked at without being used up, as a pipe is.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return name != "-" && err == nil && info.Mode().IsRegular()
}

// begin returns the time of a log's first line, zero when it has none or cannot be
// read: reading it for good says why.
func (r *logReader) begin(name string) time.Time {
	log, err := syslog.OpenLog(name, nil)
	if err != nil {
		return time.Time{}
	}
	defer log.Close()
	timeline := r.timeline
	timeline.Written = log.Modified()
	for frame, err := range log.Lines() {
		if err == nil {
			return timeline.Parse(frame).Time
		}
	}
	return time.Time{}
}
