package syslog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

const (
	// MaxLine bounds a line of a log file: HAProxy's longest, four times over,
	// for the headers and escapes around it. Of a longer one the beginning is
	// kept, and it is counted.
	MaxLine = 256 << 10
	// block is what is read at once: little enough to stay in the processor's
	// cache until the lines are cut.
	block = 256 << 10
)

// Lines yields the lines of the log, without their ends. A line is valid until
// the next one is asked for. Damage, such as an archive that ends too early,
// comes last: all good lines, then one error, with a nil line.
//
// The first line tells the form of the log. A journal's entry of several lines is
// given as one, with its line ends, and so is a line that a container runtime
// wrote in parts: Parse reads both.
func (l *Log) Lines() iter.Seq2[[]byte, error] { return l.linesTold(func() {}, nil) }

// linesTold is Lines, and says before what it gave last is lost. It does not give the
// lines that skim, if any, passes over.
func (l *Log) linesTold(lost func(), skim func([]byte) (lines, n int)) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		c := lineCutter{log: l, ahead: l.ahead, refill: lost}
		err := c.peek()
		switch form := formOf(c.buf[c.r:c.w]); form {
		case journalEntries, prettyObjects:
			l.cutEntries(form, c.rest(err), func(entry []byte, err error) bool {
				more := yield(entry, err)
				lost()
				return more
			})
		case containerLines:
			j := joiner{log: l}
			if c.lines(err, j.joined(yield)) {
				j.rest(yield)
			}
		case plainLines:
			c.skim = skim
			c.lines(err, yield)
		}
	}
}

// lineCutter cuts blocks into lines; buf[r:w] is the line not yet whole.
type lineCutter struct {
	log      *Log
	buf      []byte
	r, w     int
	dropping bool      // the rest of a line that was cut is still to come
	refill   func()    // is told before the lines given so far are lost
	ahead    *prefetch // reads, if any

	// skim, if any, says how many whole lines, and how long, need not be given.
	skim func(buf []byte) (lines, n int)
}

// peek reads as much as tells the form of the log.
func (c *lineCutter) peek() (err error) {
	for err == nil && c.w-c.r < formHead && bytes.IndexByte(c.buf[c.r:c.w], '\n') < 0 {
		err = c.fill()
	}
	return err
}

// lines gives all lines, and the error that is no end; err is that of the last
// read. It reports whether more was wanted up to the end.
func (c *lineCutter) lines(err error, yield func([]byte, error) bool) bool {
	for ; ; err = c.fill() {
		if !c.cut(yield) {
			return false
		}
		if err == nil {
			continue
		}
		if c.w > c.r && !c.dropping && !c.give(c.buf[c.r:c.w], yield) {
			return false
		}
		return errors.Is(err, io.EOF) || yield(nil, c.log.damage(err))
	}
}

// fill reads the next block behind the unfinished line.
func (c *lineCutter) fill() error {
	c.refill()
	if c.ahead != nil {
		return c.swap()
	}
	if c.buf == nil {
		c.buf = make([]byte, MaxLine+block)
	}
	c.w = copy(c.buf, c.buf[c.r:c.w])
	c.r = 0
	n, err := c.log.text.Read(c.buf[c.w : c.w+block])
	c.w += n
	c.log.bytes.Add(int64(n))
	return err
}

// swap goes on with a block that was read ahead.
func (c *lineCutter) swap() (err error) {
	rest := c.w - c.r
	c.buf, c.r, c.w, err = c.ahead.swap(c.buf, c.r, c.w)
	c.log.bytes.Add(int64(c.w - c.r - rest))
	return err
}

// rest is all that follows, what was looked at included; err is that of the last read.
func (c *lineCutter) rest(err error) io.Reader {
	begun := bytes.NewReader(c.buf[c.r:c.w])
	more := c.log.text
	if c.ahead != nil {
		more = &prefetchReader{prefetch: c.ahead, err: err}
	}
	return io.MultiReader(begun, &meter{more, &c.log.bytes})
}

// cut gives all whole lines, and the beginning of one that is too long.
func (c *lineCutter) cut(yield func([]byte, error) bool) bool {
	lines := int64(0)
	defer func() { c.log.lines.Add(lines) }()
	for {
		if c.skim != nil && !c.dropping {
			passed, n := c.skim(c.buf[c.r:c.w])
			c.r += n
			lines += int64(passed)
		}
		n := bytes.IndexByte(c.buf[c.r:c.w], '\n')
		if n < 0 {
			break
		}
		line := c.buf[c.r : c.r+n]
		c.r += n + 1
		if c.dropping {
			c.dropping = false
			continue
		}
		lines++
		if !yield(c.bounded(line), nil) {
			return false
		}
	}
	if c.dropping {
		c.r = c.w
		return true
	}
	if c.w-c.r > MaxLine {
		line := c.buf[c.r:c.w]
		c.r, c.dropping = c.w, true
		return c.give(line, yield)
	}
	return true
}

// give yields one line.
func (c *lineCutter) give(line []byte, yield func([]byte, error) bool) bool {
	c.log.lines.Add(1)
	return yield(c.bounded(line), nil)
}

// bounded is the line without CR, cut at MaxLine.
func (c *lineCutter) bounded(line []byte) []byte {
	if len(line) > MaxLine {
		line = line[:MaxLine]
		c.log.cut.Add(1)
	}
	return line[:TrimmedEnd(line)]
}

// damage is what a reader is told of an error that is no end of the log.
func (l *Log) damage(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("compressed data ends too early: %w", err)
	}
	return fmt.Errorf("read log %s: %w", l.name, err)
}
