package intake

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/recognise"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/follow"
	"haproxy-alert/syslog/timestamp"
)

// OpenFollowers opens every file, or none, each where the journal says that it was left.
func OpenFollowers(files []config.File, f *Feed, log *slog.Logger) ([]*followed, error) {
	var open []*followed
	var errs []error
	for _, file := range files {
		l := file.LogFile()
		mark, known := f.Loop.State.Mark(l.Path)
		l.Checkpoint, l.Finished, l.Log = positionOf(mark), f.finished(l.Path), log
		follower, err := l.Open()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		log.Info("following", "path", l.Path, "known", known)
		open = append(open, newFollowed(f, follower, file.TZ.Location(), mark))
	}
	return open, errors.Join(errs...)
}

// finished returns the ends of what the journal knows to have been read of a log.
func (f *Feed) finished(path string) (ends []follow.Position) {
	for _, m := range f.Loop.State.Finished(path) {
		ends = append(ends, positionOf(m))
	}
	return ends
}

// newFollowed goes on behind a mark.
func newFollowed(f *Feed, follower *follow.Follower, place *time.Location, kept alert.Mark) *followed {
	path := follower.String()
	return &followed{
		gap:      newGap(f.Loop, path, f.Drops, slices.Contains(f.Loop.State.Gappy(), path)),
		Follower: follower, feed: f, Path: path, place: place, heard: f.Ears.file(path), kept: kept, keptAt: time.Now(),
	}
}

const (
	// markEvery and markBytes are after how long, and how much that said nothing of
	// health, it is recorded how far a file was taken in: so much is read again after
	// a crash at the most.
	markEvery = 30 * time.Second
	markBytes = 1 << 20
)

// followed leads the lines of one log file to the loop. Each fact says how far the file
// is taken in with it, so that a restart goes on behind the last line that is durable.
type followed struct {
	*follow.Follower
	feed  *Feed
	Path  string
	place *time.Location
	heard *atomic.Int64

	peeler   syslog.Decoder
	timeline syslog.Timeline // of lines that are not fresh
	gap      *gap
	came     bool       // a line, since the last rest
	at       alert.Mark // how far it is
	kept     alert.Mark // the last one that was recorded
	keptAt   time.Time
}

// Run follows until ctx ends, and records where it ended.
func (l *followed) Run(ctx context.Context) error {
	err := l.Follower.Run(ctx, l.take)
	if l.at != l.kept && l.at.Path != "" {
		l.record(context.WithoutCancel(ctx))
	}
	return err
}

// take takes a line, or how far we are, or that lines may be missing. That is recorded
// before any mark behind them: a crash in between has them missed, and told, once more.
func (l *followed) take(t *follow.Record) {
	if t.Gap.Cause != "" {
		l.gap.missed(context.Background(), t.Gap, time.Now())
		return
	}
	if t.Finished {
		l.finish(t)
		return
	}
	if t.Data == nil {
		l.rest(t)
		return
	}
	l.came = true
	if parse.Candidate(l.peeler.Body(t.Data)) {
		l.line(t, time.Now())
	}
}

// line takes a line that may be about health.
func (l *followed) line(t *follow.Record, now time.Time) {
	f := l.feed
	fact, ok := l.fact(t, now)
	if !ok {
		f.misses.add(fact.Source.Observer(), fact.Text)
		return
	}
	f.events.Add(1)
	fact.Mark = markOf(t.Position)
	if err := f.Loop.Observe(context.Background(), fact); err != nil {
		f.Log.Error("cannot take in line", "text", fact.Text, "err", err)
		return
	}
	l.at, l.kept, l.keptAt = fact.Mark, fact.Mark, now
}

// fact reads a line; false says that it is no health line. What was written while we
// were away has a time of its own, however long ago that was: not before all that had
// been taken then.
func (l *followed) fact(t *follow.Record, now time.Time) (alert.Fact, bool) {
	f, ok := l.feed.fact(l.message(t, now), t.Cut, l.Path, now)
	earliest := t.CaughtUpAt.Add(-recognise.ClockSlack)
	if !f.Said.IsZero() && f.Said.After(earliest) && f.Said.Before(now.Add(recognise.ClockSlack)) {
		f.At, f.Said = f.Said, time.Time{}
	}
	return f, ok
}

// message reads the header. The year of a fresh line is the nearest to now; older ones
// are read as those of an old log, the last of which was written by now.
func (l *followed) message(t *follow.Record, now time.Time) syslog.Message {
	if now.Sub(t.CaughtUpAt) < recognise.Fresh {
		l.timeline = syslog.Timeline{}
		return syslog.Parse(t.Data, timestamp.Clock{Near: now, Location: l.place})
	}
	l.timeline.Location, l.timeline.Written = l.place, now
	return l.timeline.Parse(t.Data)
}

// rest takes how far we are, and records it where no health line has done so for long.
func (l *followed) rest(t *follow.Record) {
	now := time.Now()
	if l.came {
		l.heard.Store(now.UnixNano())
		l.came = false
	}
	l.gap.look(context.Background(), now)
	l.at = markOf(t.Position)
	other := l.at.Dev != l.kept.Dev || l.at.Inode != l.kept.Inode || l.at.Offset < l.kept.Offset
	if other || l.at.Offset-l.kept.Offset >= markBytes && now.Sub(l.keptAt) >= markEvery {
		l.record(context.Background())
	}
}

// finish records by what a file is known again that holds nothing more.
func (l *followed) finish(t *follow.Record) {
	if err := l.feed.Loop.Finish(context.Background(), markOf(t.Position)); err != nil {
		l.feed.Log.Error("cannot record that a log file was read to its end", "path", l.Path, "err", err)
	}
}

// record makes durable how far we are, behind all that was observed.
func (l *followed) record(ctx context.Context) {
	if err := l.feed.Loop.Mark(ctx, l.at); err != nil {
		l.feed.Log.Error("cannot record how far a log file was read", "path", l.Path, "err", err)
		return
	}
	l.kept, l.keptAt = l.at, time.Now()
}

// markOf is what the journal keeps of a position.
func markOf(p follow.Position) alert.Mark {
	return alert.Mark{
		Path: p.Path, Dev: p.Dev, Inode: p.Inode, Offset: p.Offset, Skip: p.Skip,
		Head: p.Fingerprint, HeadSize: p.FingerprintSize, Tail: p.Tail, Modified: p.Modified, Since: p.CaughtUpAt,
	}
}

// positionOf is the position a mark was made of.
func positionOf(m alert.Mark) follow.Position {
	return follow.Position{
		Path: m.Path, Dev: m.Dev, Inode: m.Inode, Offset: m.Offset, Skip: m.Skip,
		Fingerprint: m.Head, FingerprintSize: m.HeadSize, Tail: m.Tail, Modified: m.Modified, CaughtUpAt: m.Since,
	}
}
