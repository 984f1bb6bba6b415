package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
)

// logOptions say how old log files are to be read.
type logOptions struct {
	zone string
	year int
}

func (o *logOptions) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.zone, "tz", "Local", "time `ZONE` of lines that do not say theirs, such as Europe/Paris")
	cmd.Flags().IntVar(&o.year, "year", 0, "`YEAR` of the first line; default: that of the file's date")
}

// logLine is one line of a log, read and recognised.
type logLine struct {
	file    string // empty when only one log is read
	number  int    // from 1
	message syslog.Message
	event   parse.Event
	time    time.Time // its own, or that of the line before it
}

// logTotals tell what was read.
type logTotals struct {
	lines, bytes int64
	first, last  time.Time // of the lines that have a time
}

// logReader leads the lines of logs to each.
type logReader struct {
	// each gets the health lines; with misses also those that only look like one,
	// with every all lines.
	each          func(logLine) error
	misses, every bool

	timeline syslog.Timeline
	totals   logTotals
}

// read leads the lines of the logs, or of stdin, to r, until ctx ends. Damage of a
// log comes as an error after all of its good lines, and the next log is read all
// the same.
func (o *logOptions) read(ctx context.Context, names []string, stdin io.Reader, r *logReader) error {
	loc, err := time.LoadLocation(o.zone)
	if err != nil {
		return usageError{fmt.Errorf("read --tz: %w", err)}
	}
	r.timeline = syslog.Timeline{Location: loc, Year: o.year}
	if len(names) == 0 {
		names = []string{"-"}
	}
	q := queue{ctx: ctx, stdin: stdin, keep: r.keep(), names: r.inOrder(names)}
	defer q.close()
	var errs []error
	for s, err := range q.logs() {
		if err == nil {
			err = r.log(s, len(names) > 1)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// keep tells which lines a log need give: their text is asked for by several
// goroutines at once.
func (r *logReader) keep() func(text []byte) bool {
	if r.every {
		return func([]byte) bool { return true }
	}
	return parse.Candidate
}

// inOrder sorts logs by the time of their first line: a shell names a rotated set with
// the newest first. What has no time, and stdin, stays where it was named.
func (r *logReader) inOrder(names []string) []string {
	begins := map[string]time.Time{}
	for _, name := range names {
		if len(names) > 1 && name != "-" {
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

// log reads one log; a named one says in each line which.
func (r *logReader) log(s sifted, named bool) error {
	r.timeline.Written = s.log.Modified()
	l := logLine{time: s.log.Modified()}
	if named {
		l.file = s.name
	}
	defer func() {
		st := s.log.Stats()
		r.totals.lines += st.Lines
		r.totals.bytes += st.Bytes
	}()
	for line, err := range s.sieve.Lines() {
		if err != nil {
			return err
		}
		if line.Number == 1 || line.Last {
			r.span(r.timeline.Parse(line.Frame))
		}
		l.number = line.Number
		if line.Kept && !line.Last {
			if err := r.line(&l, line.Frame); err != nil {
				return err
			}
		}
	}
	return nil
}

// line reads one line that may be about health.
func (r *logReader) line(l *logLine, frame []byte) error {
	l.message = r.timeline.Parse(frame)
	l.event, _ = parse.Line(l.message.Text)
	if !l.message.Time.IsZero() {
		l.time = l.message.Time
	}
	if l.event.Kind == parse.None && !r.every && !r.missed(l.message.Text) {
		return nil
	}
	return r.each(*l)
}

// missed reports whether somebody wants to hear of this line that only looks like
// a health line.
func (r *logReader) missed(text string) bool {
	if !r.misses {
		return false
	}
	_, _, ok := parse.Nearest(text)
	return ok
}

// span widens the stretch of time that the logs cover.
func (r *logReader) span(m syslog.Message) {
	if m.Time.IsZero() {
		return
	}
	if r.totals.first.IsZero() {
		r.totals.first = m.Time
	}
	r.totals.last = slices.MaxFunc([]time.Time{r.totals.last, m.Time}, time.Time.Compare)
}

// visible shows control characters as "·", so that no line can drive a terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
