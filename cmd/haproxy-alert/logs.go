package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
)

// logOptions say how old log files are to be read.
type logOptions struct {
	zone         string
	year         year
	since, until string
}

func (o *logOptions) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.zone, "tz", "Local", "time `ZONE` of lines that do not say theirs, such as Europe/Paris")
	cmd.Flags().Var(&o.year, "year", "`YEAR` of the first line; default: that of the file's date")
	cmd.Flags().StringVar(&o.since, "since", "", "leave out what is older than `TIME`: as logs have it, 2026-11-21, or 2h back from the end")
	cmd.Flags().StringVar(&o.until, "until", "", "leave out what is not older than `TIME`, written as for --since")
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

	// seek says that nobody asks for the numbers of lines: what --since and --until
	// leave out of plain files is not even read.
	seek bool
	show *progress
	// strangers tells of what is no log.
	strangers strangers

	start    syslog.Timeline // of any log, seen alone
	begins   map[string]time.Time
	timeline syslog.Timeline // of all, one after another
	wanted   span
	totals   logTotals
}

// read leads the lines of the logs, or of stdin, to r, until ctx ends. Damage of a
// log comes as an error after all of its good lines, and the next log is read all
// the same.
func (o *logOptions) read(ctx context.Context, names []string, stdin io.Reader, r *logReader) error {
	loc, err := zoneOf(o.zone)
	if err != nil {
		return usageError{fmt.Errorf("read --tz: %w", err)}
	}
	r.start = syslog.Timeline{Location: loc, Year: int(o.year)}
	r.timeline = r.start
	if len(names) == 0 {
		names = []string{"-"}
	}
	names = r.inOrder(names)
	if r.wanted, err = o.span(names, r); err != nil {
		return err
	}
	drawn, erase := context.WithCancel(ctx)
	var drawing sync.WaitGroup
	defer drawing.Wait()
	defer erase()
	drawing.Go(func() { r.show.run(drawn) })
	return r.logs(ctx, &queue{ctx: ctx, stdin: stdin, names: names, sift: r.sift})
}

// logs reads the logs of a queue.
func (r *logReader) logs(ctx context.Context, q *queue) error {
	defer q.close()
	var errs []error
	for s, err := range q.logs() {
		if err == nil {
			err = r.log(s, len(q.names) > 1)
		}
		if ctx.Err() != nil {
			return errors.Join(append(errs, interruption{r.totals.lines})...)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// interruption says that somebody did not want to wait for the end.
type interruption struct{ lines int64 }

func (i interruption) Error() string {
	return fmt.Sprintf("interrupted after %s, what was found is all above", counted(int(i.lines), "line"))
}

// narrows reports whether the ends of plain files are left out unread.
func (r *logReader) narrows() bool { return r.seek && r.wanted != (span{}) }

// sift begins to read a log, wherever in its queue that is.
func (r *logReader) sift(ctx context.Context, log *logfile.File) (*logfile.Scanner, error) {
	r.show.add(log)
	if r.narrows() {
		if err := narrow(log, r.wanted, r.startOf(log.Name())); err != nil {
			return nil, err
		}
	}
	return log.Scan(ctx, r.keep), nil
}

// keep tells which lines a log need give; each goroutine that reads asks for its own.
func (r *logReader) keep() func(frame []byte) bool {
	if r.every {
		return func([]byte) bool { return true }
	}
	var peeler syslog.Decoder
	return func(frame []byte) bool { return parse.Candidate(peeler.Body(frame)) }
}

// log reads one log; a named one says in each line which.
func (r *logReader) log(s sifted, named bool) error {
	r.timeline.Written = s.log.Modified()
	if r.narrows() {
		r.timeline.Resume(s.log.Window().Begins) // its year goes on to the first line that is read
	}
	l := logLine{time: s.log.Modified()}
	if named {
		l.file = s.name
	}
	r.strangers.begin()
	defer func() {
		st := s.log.Stats()
		r.totals.lines += st.Lines
		r.totals.bytes += st.Bytes
	}()
	for line, err := range s.sieve.Lines() {
		if err != nil {
			return err
		}
		r.strangers.look(line.Frame)
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
	r.strangers.end(s.log)
	return nil
}

// line reads one line that may be about health.
func (r *logReader) line(l *logLine, frame []byte) error {
	l.message = r.timeline.Parse(frame)
	l.event, _ = parse.Line(l.message.Text)
	if !l.message.Time.IsZero() {
		l.time = l.message.Time
	}
	if !r.wanted.holds(l.time) {
		return nil
	}
	if l.event.Kind != parse.None {
		r.show.event()
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
	at := r.wanted.clip(m.Time)
	if r.totals.first.IsZero() {
		r.totals.first = at
	}
	r.totals.last = slices.MaxFunc([]time.Time{r.totals.last, at}, time.Time.Compare)
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
