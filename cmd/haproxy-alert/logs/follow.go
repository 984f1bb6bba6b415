package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/recognise"
	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/follow"
)

// LogFollower reads one log as it grows, for a person who looks on.
type LogFollower struct {
	*LogReader
	// Rest, if any, is called when all there is has been read, and at least once a
	// second while there is nothing more; caught says that the log was read to its end.
	Rest func(now time.Time, caught bool)

	at    LogLine
	wants func(frame []byte) bool
	stop  context.CancelCauseFunc
}

// Follow leads the lines of one log to r, what it holds and then what is written to it,
// across rotations, until ctx ends. It keeps nothing of where it was.
func (o *LogOptions) Follow(ctx context.Context, names []string, stderr io.Writer, f *LogFollower) error {
	if len(names) != 1 || names[0] == "-" || names[0] == "" {
		return term.UsageError{Err: errors.New("--follow wants one log file")}
	}
	files, err := config.FilesNamed(names)
	if err != nil {
		return err
	}
	place, err := config.ZoneOf(o.Zone)
	if err != nil {
		return term.UsageError{Err: fmt.Errorf("read --tz: %w", err)}
	}
	f.start = syslog.Timeline{Location: place, Year: int(o.Year)}
	f.timeline = f.start
	if f.wanted, err = o.span(f.inOrder(names), f.LogReader); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	follower, err := follow.Config{Path: filepath.Clean(files[0].Path), From: follow.FromBegin, Log: log}.Open()
	if err != nil {
		return err
	}
	ctx, f.stop = context.WithCancelCause(ctx)
	defer f.stop(nil)
	f.wants = f.keep()
	err = follower.Run(ctx, f.take)
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause)
	}
	return err
}

// take takes a line, or the rest between two.
func (f *LogFollower) take(t *follow.Record) {
	now := time.Now()
	caught := now.Sub(t.CaughtUpAt) < recognise.Fresh
	if t.Data == nil {
		f.Rest(now, caught)
		return
	}
	f.Totals.Lines++
	f.Totals.Bytes += int64(len(t.Data)) + 1
	f.at.Number++
	first, wanted := f.Totals.First.IsZero(), f.wants(t.Data)
	if !first && !wanted {
		return
	}
	if caught { // a year no line said may have passed
		f.timeline = syslog.Timeline{Location: f.start.Location}
	}
	f.timeline.Written = now
	if first {
		f.span(f.timeline.Parse(t.Data))
	}
	if !wanted {
		return
	}
	f.Failed(f.line(&f.at, t.Data))
	f.span(f.at.Message)
}

// Failed ends the reading when what was found cannot be shown.
func (f *LogFollower) Failed(err error) {
	if err != nil {
		f.stop(err)
	}
}
