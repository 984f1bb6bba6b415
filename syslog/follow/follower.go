package follow

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"haproxy-alert/syslog/logfile"
)

const (
	// lookAgain is how often a file is looked at when nothing tells that it grew: on
	// network file systems nothing does.
	lookAgain = time.Second
	// settle is how long a rotated file must not have grown: whoever writes it keeps
	// it open until he is told of the rotation.
	settle = 250 * time.Millisecond
	// patience is how long a log that was read may not be there before that is told:
	// amid a rotation it is not.
	patience = 2 * time.Second
)

// Record is what a Follower hands on: a line, or without Data only how far it is. It is
// valid during the call.
type Record struct {
	// Data is the line, without its end. Cut says that it was too long and its rest was
	// dropped.
	Data []byte
	Cut  bool
	// Position is behind the line: once it is kept, the line is not read again.
	Position Position
	// Since is when all that stood in the log before had been taken; no line can be
	// older than that. Zero when that never was.
	CaughtUpAt time.Time
	// Miss, when it has a Cause, says that lines behind Position may never be given. It
	// comes without Data, and before any position that is behind them.
	Gap Gap
	// Finished says that a file of the log has been taken to its end, which Position is: no
	// place to go on from, but by it the file is known again. It comes without Data.
	Finished bool
}

// Follower reads a log file as it grows, through rotation and truncation. The zero
// Follower is of no use; LogFile.Open makes one.
type Follower struct {
	file Config
	log  *slog.Logger
	now  func() time.Time
	// pause waits until the file may have grown, for so long at most; its error is
	// ctx's.
	pause func(ctx context.Context, most time.Duration) error
	sink  func(*Record)

	at      Position   // Path is empty: nothing was looked at yet
	drained bool       // its file holds no more, and will not
	ends    []Position // of files that were taken to their end, the latest last
	unread  int64      // bytes that it was seen to hold when it was truncated
	queued  int64      // bytes in the files behind it
	record  Record     // is handed on, again and again
	trouble string     // the last complaint; empty since lines came again
	lines   logfile.Splitter
	reading reading

	begun bool      // a file was opened
	gone  time.Time // since when the log is not there; zero: it is
	told  bool      // that it is not

	closed bool // olddir cannot be listed, and that was told

	count, behind, missed atomic.Int64
	last                  atomic.Int64          // when the last line came, in unix ns
	stuck                 atomic.Pointer[error] // what is in the way now, nil: nothing
	lastGap               atomic.Pointer[Gap]
}

// String returns the path of the log.
func (f *Follower) String() string { return f.file.Path }

// Stats tells how far a Follower is.
type Stats struct {
	Lines int64
	// Behind are the bytes that were written and not read yet, as of the last look.
	Behind int64
	// Missed counts how often lines could not be read, or not be found.
	Missed int64
	// Miss is the latest of them.
	Gap Gap
	// Last is when the last line was taken.
	Last time.Time
	// Err is why the log cannot be read now; fs.ErrNotExist when it is not there.
	Err error
}

// Stats returns how far the Follower is. It may be asked at any time.
func (f *Follower) Stats() Stats {
	st := Stats{Lines: f.count.Load(), Behind: f.behind.Load(), Missed: f.missed.Load()}
	if at := f.last.Load(); at > 0 {
		st.Last = time.Unix(0, at)
	}
	if err := f.stuck.Load(); err != nil {
		st.Err = *err
	}
	if m := f.lastGap.Load(); m != nil {
		st.Gap = *m
	}
	return st
}

// Run gives the lines to sink until ctx ends. In between, whenever there is nothing more
// to read and at least once a second, it gives a Taken without a line. It runs once, and
// calls sink from its own goroutine. What cannot be read is logged and tried again.
//
// Its error is nil when ctx ended it.
func (f *Follower) Run(ctx context.Context, sink func(*Record)) error {
	f.sink = sink
	if f.pause == nil {
		b := newWatch(f.file.Path, f.log)
		defer b.close()
		f.pause = b.pause
	}
	for ctx.Err() == nil {
		s, err := f.open()
		if s == nil {
			if err == nil {
				_, _ = f.look(nil)
			}
			f.complain(err)
			f.rest()
			_ = f.pause(ctx, lookAgain) // ctx is asked above
			continue
		}
		err = f.read(ctx, s)
		if ctx.Err() != nil {
			_ = s.close() // it was only read
			break
		}
		if err = errors.Join(f.broken(s, err), s.close()); err != nil {
			f.complain(err)
			_ = f.pause(ctx, lookAgain)
		}
	}
	f.rest()
	return nil
}

// broken tells what is to be said of the end of a source.
func (f *Follower) broken(s *source, err error) error {
	switch {
	case err == nil:
		f.drained = true
	case errors.Is(err, errRewritten):
		f.log.Info("log file was truncated", "file", s.path)
		f.unread = f.left(s)
		return nil
	case errors.Is(err, errBegun):
		return nil
	case s.compressed != nil:
		f.drained = true
		f.missing(Gap{Cause: "cannot read a rotated file to its end", File: s.path, Err: err})
		f.finish(f.at)
		return nil
	}
	return err
}

// complain logs an error when it is another one than before.
func (f *Follower) complain(err error) {
	if err == nil {
		return
	}
	f.stuck.Store(&err)
	if err.Error() == f.trouble {
		return
	}
	f.trouble = err.Error()
	f.log.Error("cannot read log file, trying again", "err", err)
}

// rest tells the sink how far we are.
func (f *Follower) rest() {
	if f.at.Path == "" {
		return
	}
	f.record.Data, f.record.Cut, f.record.Position = nil, false, f.at
	f.sink(&f.record)
}

// maxFinished is how many files of a log are remembered as taken to their end; of more,
// the latest. Rotation keeps fewer, as a rule.
const maxFinished = 64

// finish notes the end of a file of which nothing more is to be given, and tells it to
// the sink. By what it holds the file is known again, whatever name it gets.
func (f *Follower) finish(end Position) {
	if end.empty() {
		return
	}
	f.ends = slices.DeleteFunc(f.ends, func(p Position) bool {
		return p.Fingerprint == end.Fingerprint && p.FingerprintSize == end.FingerprintSize
	})
	f.ends = append(f.ends, end)
	f.ends = f.ends[max(0, len(f.ends)-maxFinished):]
	f.record.Data, f.record.Cut, f.record.Position, f.record.Finished = nil, false, end, true
	f.sink(&f.record)
	f.record.Finished = false
}

// finishOlder passes over what had been rotated before the log was first seen.
func (f *Follower) finishOlder(set []rotatedFile) {
	for _, g := range set[max(0, len(set)-maxFinished):] {
		head, err := g.fingerprint()
		if g.live() || err != nil {
			continue
		}
		end := Position{Path: f.file.Path, Offset: g.info.Size(), Fingerprint: hashOf(head), FingerprintSize: len(head), Modified: g.info.ModTime().UnixNano()}
		end.Dev, end.Inode = inodeOf(g.info)
		f.finish(end)
	}
}
