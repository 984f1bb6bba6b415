package follow

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// read hands on what a source holds: it reads, cuts what came into lines, and waits for
// more. It returns nil when that is all, for good.
func (f *Follower) read(ctx context.Context, s *source) error {
	f.lines.Reset(nil)
	if s.at > 0 {
		f.lines.Reset(s.fingerprint)
	}
	f.reading = reading{source: s, skip: f.at.Skip}
	for {
		f.report(s)
		if err := ctx.Err(); err != nil {
			return err
		}
		looked, at := f.now(), s.at
		n, err := s.look(f.lines.Space())
		if n > 0 {
			s.grown = looked
			f.reading.filled += int64(n)
			f.lines.Filled(n)
			if fault := f.split(s); fault != nil {
				return fault
			}
			continue
		}
		if err == nil && s.at == at {
			err = f.wait(ctx, s, looked)
		}
		switch {
		case errors.Is(err, io.EOF):
			f.end(s)
			return nil
		case err != nil:
			return err
		}
	}
}

// reading is how far the lines of a source were given.
type reading struct {
	source *source
	filled int64 // bytes that the splitter got of it
	skip   int   // lines still to be left out: they were taken before
	open   int   // lines given behind the position
	given  int64 // lines, since the last report
}

// split gives the lines that have come. Its error is that of a journal's entry: one that is
// damaged is passed over.
func (f *Follower) split(s *source) error {
	for line, cut, ok := f.lines.Next(); ok; line, cut, ok = f.lines.Next() {
		f.give(line, cut, f.lines.Open())
	}
	err := f.lines.Err()
	if err == nil {
		return nil
	}
	err = fmt.Errorf("read log %s: %w", s.path, err)
	f.missing(Gap{Cause: "an entry is damaged", File: s.path, Bytes: f.offset() - f.at.Offset, Err: err})
	f.at.Offset, f.at.Skip, f.at.Tail = f.offset(), 0, 0
	return err
}

// give hands on a line, with the position behind it: the last one at which nothing was
// open, of which the end was still to come, and how many lines have come since.
func (f *Follower) give(line []byte, cut, open bool) {
	r := &f.reading
	known := r.skip > 0
	if known {
		r.skip--
	}
	if open {
		r.open++
	} else {
		r.open, f.at.Offset, f.at.Tail = 0, f.offset(), tailOf(f.lines.Before())
	}
	f.at.Skip = r.open + r.skip
	if known {
		return
	}
	f.record.Data, f.record.Cut = line, cut
	f.record.Position = f.at
	f.sink(&f.record)
	r.given++
}

// offset is the place in the source up to which it has been cut.
func (f *Follower) offset() int64 {
	return f.reading.source.at - (f.reading.filled - f.lines.Offset())
}

// tailOf is Position.Tail behind these bytes; 0 when there are too few.
func tailOf(before []byte) uint64 {
	if len(before) < tailSize {
		return 0
	}
	return binary.LittleEndian.Uint64(before[len(before)-tailSize:])
}

// end gives what is left of a source that has ended for good.
func (f *Follower) end(s *source) {
	for line, cut, ok := f.lines.Rest(); ok; line, cut, ok = f.lines.Rest() {
		f.give(line, cut, true)
	}
	f.at.Offset, f.at.Skip, f.at.Tail = s.at, 0, s.tail()
	f.report(s)
	f.finish(f.at)
}

// wait waits at the end of the source, or finds that it has ended for good, io.EOF:
// something was written to the file that comes after it, and here nothing for a while and
// nothing since. Whoever writes a log keeps the old file open until he is told of the
// rotation.
func (f *Follower) wait(ctx context.Context, s *source, looked time.Time) error {
	info, err := f.look(s.info)
	if err == nil && os.SameFile(info, s.info) {
		f.at.CaughtUpAt = looked.UnixNano()
		return f.pause(ctx, lookAgain)
	}
	if looked.Sub(s.grown).Abs() < settle || !f.successor(s) {
		return f.pause(ctx, settle)
	}
	var more [1]byte
	at := s.at
	_, err = s.look(more[:])
	ended := s.at == at && err == nil
	s.at = at
	if ended {
		return io.EOF
	}
	return nil
}

// report tells the sink how far we are: all lines so far have been given.
func (f *Follower) report(s *source) {
	f.knowMore(s)
	f.record.CaughtUpAt = timeOf(f.at.CaughtUpAt)
	if f.reading.given > 0 {
		f.count.Add(f.reading.given)
		f.last.Store(f.now().UnixNano())
		f.reading.given, f.trouble = 0, ""
	}
	f.rest()
}

// timeOf is Position.Since as a time.
func timeOf(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}
