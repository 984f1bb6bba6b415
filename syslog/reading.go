package syslog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"
)

// reading takes the lines out of one source. As their reader it waits for what is still
// to come.
type reading struct {
	f       *Follower
	ctx     context.Context
	source  *source
	log     *Log
	cutter  lineCutter
	entries *entryCutter  // of a journal's log, and
	begun   *bytes.Reader // what was read of it to tell its form
	joiner  *joiner       // of a container's

	skip  int   // lines still to be left out: they were taken before
	open  int   // lines given behind the position
	given int64 // lines, since the last rest
	cut   int64 // of log, so far
	ended bool  // the source, for good
	err   error // why it broke off
}

// read hands on what a source holds. It returns nil when that is all, for good.
func (f *Follower) read(ctx context.Context, s *source) error {
	r := &reading{f: f, ctx: ctx, source: s, skip: f.at.Skip}
	r.log = &Log{name: s.path, text: r}
	r.cutter = lineCutter{log: r.log, buf: f.buf, refill: func() {}}
	r.lines()
	if r.err == nil {
		f.at.Offset, f.at.Skip, f.at.Tail = s.at, 0, s.tail()
		r.rest()
		f.finish(f.at)
	}
	return r.err
}

// lines cuts the source as Log.Lines does. A log's form stands at its beginning.
func (r *reading) lines() {
	c := &r.cutter
	var err error
	head := r.source.head
	if r.source.at == 0 {
		err = c.peek()
		head = c.buf[c.r:c.w]
	}
	switch form := formOf(head); form {
	case journalEntries, prettyObjects:
		r.begun = bytes.NewReader(c.buf[c.r:c.w])
		r.entries = newEntryCutter(io.MultiReader(r.begun, r))
		r.entries.all(r.log, form, r.give)
	case containerLines:
		r.joiner = &joiner{log: r.log}
		if c.lines(err, r.part) {
			r.joiner.rest(r.give)
		}
	case plainLines:
		c.lines(err, r.give)
	}
}

// part puts a container's lines together.
func (r *reading) part(line []byte, err error) bool {
	if r.err != nil || err != nil {
		return r.give(nil, err)
	}
	whole := r.joiner.take(line)
	return whole == nil || r.give(whole, nil)
}

// give hands on a line, with the position behind it: the last one at which nothing had
// begun whose end was still to come, and how many lines have come since.
func (r *reading) give(line []byte, err error) bool {
	if r.err != nil {
		return false // of what is given now nobody knows the end
	}
	if err != nil {
		return r.damaged(err)
	}
	f := r.f
	known := r.skip > 0
	if known {
		r.skip--
	}
	if r.ended || r.unfinished() {
		r.open++
	} else {
		r.open, f.at.Offset, f.at.Tail = 0, r.end(), r.tail()
	}
	f.at.Skip = r.open + r.skip
	cut := r.log.cut.Load()
	if !known {
		f.taken.Frame = Frame{Data: line, Cut: cut != r.cut}
		f.taken.Position = f.at
		f.sink(&f.taken)
		r.given++
	}
	r.cut = cut
	return true
}

// unfinished reports whether something has begun that is no line yet.
func (r *reading) unfinished() bool {
	return r.cutter.dropping || r.joiner != nil && (r.joiner.open[0].begun || r.joiner.open[1].begun)
}

// end is the place in the source up to which it has been cut.
func (r *reading) end() int64 {
	if r.entries != nil {
		return r.source.at - int64(r.begun.Len()+r.entries.in.Buffered())
	}
	return r.source.at - int64(r.cutter.w-r.cutter.r)
}

// tail is Position.Tail of what was cut.
func (r *reading) tail() uint64 {
	if c := &r.cutter; r.entries == nil && c.r >= tailSize {
		return binary.LittleEndian.Uint64(c.buf[c.r-tailSize:])
	}
	return 0
}

// damaged goes on behind what cannot be cut: a journal's entry may not be what it says.
func (r *reading) damaged(err error) bool {
	r.err = err
	r.f.miss(Miss{Cause: "an entry is damaged", File: r.source.path, Bytes: r.end() - r.f.at.Offset, Err: err})
	r.f.at.Offset, r.f.at.Skip, r.f.at.Tail = r.end(), 0, 0
	return false
}

// Read waits for what comes next: all lines of what came before have been handed on.
func (r *reading) Read(p []byte) (int, error) {
	for r.err == nil && !r.ended {
		r.rest()
		if r.err = r.ctx.Err(); r.err != nil {
			break
		}
		looked, at := r.f.now(), r.source.at
		n, err := r.source.look(p)
		switch {
		case n > 0:
			r.source.grown = looked
			return n, nil
		case errors.Is(err, io.EOF):
			r.ended = true
		case err != nil:
			r.err = err
		case r.source.at == at:
			r.wait(looked)
		}
	}
	if r.err != nil {
		return 0, r.err
	}
	return 0, io.EOF
}

// wait waits at the end of the source, or finds that it has ended for good: something
// was written to the file that comes after it, and here nothing for a while and nothing
// since. Whoever writes a log keeps the old file open until he is told of the rotation.
func (r *reading) wait(looked time.Time) {
	f, s := r.f, r.source
	info, err := f.look(s.info)
	if err == nil && os.SameFile(info, s.info) {
		f.at.Since = looked.UnixNano()
		r.err = f.pause(r.ctx, lookAgain)
		return
	}
	if looked.Sub(s.grown).Abs() < settle || !f.successor(s) {
		r.err = f.pause(r.ctx, settle)
		return
	}
	var more [1]byte
	at := s.at
	_, err = s.look(more[:])
	r.ended = s.at == at && err == nil
	s.at = at
}

// rest tells the sink how far we are: all lines so far have been given.
func (r *reading) rest() {
	f := r.f
	f.knowMore(r.source)
	f.taken.Since = sinceTime(f.at.Since)
	if r.given > 0 {
		f.lines.Add(r.given)
		f.last.Store(f.now().UnixNano())
		r.given, f.trouble = 0, ""
	}
	f.rest()
}

// sinceTime is Position.Since as a time.
func sinceTime(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}
