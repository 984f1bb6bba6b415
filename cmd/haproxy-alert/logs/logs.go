package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
)

// LogOptions say how old log files are to be read.
type LogOptions struct {
	Zone         string
	Year         year
	since, until string
}

// Flags adds the flags that say how logs are read.
func (o *LogOptions) Flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.Zone, "tz", "Local", "time `ZONE` of lines that do not say theirs, such as Europe/Paris")
	cmd.Flags().Var(&o.Year, "year", "`YEAR` of the first line; default: that of the file's date")
	cmd.Flags().StringVar(&o.since, "since", "", "leave out what is older than `TIME`: as logs have it, 2026-11-21, or 2h back from the end")
	cmd.Flags().StringVar(&o.until, "until", "", "leave out what is not older than `TIME`, written as for --since")
}

// LogLine is one line of a log, read and recognised.
type LogLine struct {
	File    string // empty when only one log is read
	Number  int    // from 1
	Message syslog.Message
	Event   parse.Event
	Time    time.Time // its own, or that of the line before it
}

// LogTotals tell what was read.
type LogTotals struct {
	Lines, Bytes int64
	First, Last  time.Time // of the lines that have a time
}

// LogReader leads the lines of logs to each.
type LogReader struct {
	// Each gets the health lines; with misses also those that only look like one,
	// with every all lines.
	Each          func(LogLine) error
	Misses, Every bool

	// Seek says that nobody asks for the numbers of lines: what --since and --until
	// leave out of plain files is not even read.
	Seek bool
	Show *progress
	// Strangers tells of what is no log.
	Strangers strangers

	start    syslog.Timeline // of any log, seen alone
	begins   map[string]time.Time
	timeline syslog.Timeline // of all, one after another
	wanted   span
	Totals   LogTotals
}

// Read leads the lines of the logs, or of stdin, to r, until ctx ends. Damage of a
// log comes as an error after all of its good lines, and the next log is read all
// the same.
func (o *LogOptions) Read(ctx context.Context, names []string, stdin io.Reader, r *LogReader) error {
	loc, err := config.ZoneOf(o.Zone)
	if err != nil {
		return term.UsageError{Err: fmt.Errorf("read --tz: %w", err)}
	}
	r.start = syslog.Timeline{Location: loc, Year: int(o.Year)}
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
	drawing.Go(func() { r.Show.run(drawn) })
	return r.logs(ctx, &queue{ctx: ctx, stdin: stdin, names: names, sift: r.sift})
}

// logs reads the logs of a queue.
func (r *LogReader) logs(ctx context.Context, q *queue) error {
	defer q.close()
	var errs []error
	for s, err := range q.logs() {
		if err == nil {
			err = r.log(s, len(q.names) > 1)
		}
		if ctx.Err() != nil {
			return errors.Join(append(errs, Interruption{r.Totals.Lines})...)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Interruption says that somebody did not want to wait for the end.
type Interruption struct{ lines int64 }

func (i Interruption) Error() string {
	return fmt.Sprintf("interrupted after %s, what was found is all above", term.Counted(int(i.lines), "line"))
}

// narrows reports whether the ends of plain files are left out unread.
func (r *LogReader) narrows() bool { return r.Seek && r.wanted != (span{}) }

// sift begins to read a log, wherever in its queue that is.
func (r *LogReader) sift(ctx context.Context, log *logfile.File) (*logfile.Scanner, error) {
	r.Show.add(log)
	if r.narrows() {
		if err := narrow(log, r.wanted, r.startOf(log.Name())); err != nil {
			return nil, err
		}
	}
	return log.Scan(ctx, r.keep), nil
}

// keep tells which lines a log need give; each goroutine that reads asks for its own.
func (r *LogReader) keep() func(frame []byte) bool {
	if r.Every {
		return func([]byte) bool { return true }
	}
	var decoder syslog.Decoder
	return func(frame []byte) bool { return parse.Candidate(decoder.Body(frame)) }
}

// log reads one log; a named one says in each line which.
func (r *LogReader) log(s sifted, named bool) error {
	r.timeline.Written = s.log.Modified()
	if r.narrows() {
		r.timeline.Resume(s.log.Window().Begins) // its year goes on to the first line that is read
	}
	l := LogLine{Time: s.log.Modified()}
	if named {
		l.File = s.name
	}
	r.Strangers.begin()
	defer func() {
		st := s.log.Stats()
		r.Totals.Lines += st.Lines
		r.Totals.Bytes += st.Bytes
	}()
	for line, err := range s.sieve.Lines() {
		if err != nil {
			return err
		}
		r.Strangers.look(line.Frame)
		if line.Number == 1 || line.Last {
			r.span(r.timeline.Parse(line.Frame))
		}
		l.Number = line.Number
		if line.Kept && !line.Last {
			if err := r.line(&l, line.Frame); err != nil {
				return err
			}
		}
	}
	r.Strangers.end(s.log)
	return nil
}

// line reads one line that may be about health.
func (r *LogReader) line(l *LogLine, frame []byte) error {
	l.Message = r.timeline.Parse(frame)
	l.Event, _ = parse.Line(l.Message.Text)
	if !l.Message.Time.IsZero() {
		l.Time = l.Message.Time
	}
	if !r.wanted.holds(l.Time) {
		return nil
	}
	if l.Event.Kind != parse.None {
		r.Show.event()
	}
	if l.Event.Kind == parse.None && !r.Every && !r.missed(l.Message.Text) {
		return nil
	}
	return r.Each(*l)
}

// missed reports whether somebody wants to hear of this line that only looks like
// a health line.
func (r *LogReader) missed(text string) bool {
	if !r.Misses {
		return false
	}
	_, _, ok := parse.Nearest(text)
	return ok
}

// span widens the stretch of time that the logs cover.
func (r *LogReader) span(m syslog.Message) {
	if m.Time.IsZero() {
		return
	}
	at := r.wanted.clip(m.Time)
	if r.Totals.First.IsZero() {
		r.Totals.First = at
	}
	r.Totals.Last = slices.MaxFunc([]time.Time{r.Totals.Last, at}, time.Time.Compare)
}
