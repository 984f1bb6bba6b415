package logs

import (
	"os"
	"slices"
	"time"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
)

// nineMonths is how far apart two logs of a set may begin; it is Timeline's own bound.
const nineMonths = 274 * 24 * time.Hour

// inOrder sorts logs by the time of their first line: a shell names a rotated set with
// the newest first. What has no time, and stdin, stays where it was named.
func (r *LogReader) inOrder(names []string) []string {
	r.begins = map[string]time.Time{}
	yearless := true
	for _, name := range names {
		if len(names) > 1 && isFile(name) {
			first := r.begin(name)
			r.begins[name] = first.Time
			yearless = yearless && !first.Zoned
		}
	}
	sorted := slices.Clone(names)
	compare := func(a, b string) int {
		if r.begins[a].IsZero() || r.begins[b].IsZero() {
			return 0
		}
		return r.begins[a].Compare(r.begins[b])
	}
	slices.SortStableFunc(sorted, compare)
	if r.start.Year > 0 && yearless && r.turnYear(sorted) {
		slices.SortStableFunc(sorted, compare)
	}
	return sorted
}

// turnYear finds where a sorted set, read as if it were all of --year, in truth begins:
// behind a gap of nine months. What lies before that is of the next year.
func (r *LogReader) turnYear(sorted []string) bool {
	for i := 1; i < len(sorted); i++ {
		before, after := r.begins[sorted[i-1]], r.begins[sorted[i]]
		if before.IsZero() || after.Sub(before) <= nineMonths {
			continue
		}
		for _, name := range sorted[:i] {
			r.begins[name] = r.begins[name].AddDate(1, 0, 0)
		}
		return true
	}
	return false
}

// startOf is where the times of a log begin, seen alone.
func (r *LogReader) startOf(name string) syslog.Timeline {
	t := r.start
	if first := r.begins[name]; t.Year > 0 && !first.IsZero() {
		t.Year = first.Year()
	}
	return t
}

// isFile reports whether a log can be looked at without being used up, as a pipe is.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return name != "-" && err == nil && info.Mode().IsRegular()
}

// begin returns a log's first line, nothing when it has none or cannot be read: reading
// it for good says why.
func (r *LogReader) begin(name string) syslog.Message {
	log, err := logfile.Open(name, nil)
	if err != nil {
		return syslog.Message{}
	}
	defer log.Close()
	timeline := r.start
	timeline.Written = log.Modified()
	for frame, err := range log.Lines() {
		if err == nil {
			return timeline.Parse(frame)
		}
	}
	return syslog.Message{}
}
