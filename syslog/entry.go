package syslog

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// entryBuffer is what is read of a log of entries at once.
const entryBuffer = 64 << 10

// entryCutter cuts a log into entries of several lines. A field that does not fit
// into MaxLine together with those before it is left out, a core dump as it may
// be, and the entry counted as cut.
type entryCutter struct {
	in    *bufio.Reader
	entry []byte
	cut   bool
}

// cutEntries gives the entries of the log.
func (l *Log) cutEntries(f form, source io.Reader, yield func([]byte, error) bool) {
	newEntryCutter(source).all(l, f, yield)
}

func newEntryCutter(source io.Reader) *entryCutter {
	return &entryCutter{in: bufio.NewReaderSize(source, entryBuffer)}
}

func (e *entryCutter) all(l *Log, f form, yield func([]byte, error) bool) {
	next := e.export
	if f == prettyObjects {
		next = e.object
	}
	for {
		e.entry, e.cut = e.entry[:0], false
		err := next()
		if e.cut {
			l.cut.Add(1)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			yield(nil, l.damage(err))
			return
		}
		if len(e.entry) > 0 {
			l.lines.Add(1)
			if !yield(e.entry, nil) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// export reads the fields of an entry and the empty line behind them.
func (e *entryCutter) export() error {
	for {
		from := len(e.entry)
		err := e.line()
		line := e.entry[from:]
		switch {
		case len(line) == 1: // the line end alone
			e.entry = e.entry[:from]
			if from > 0 {
				return nil
			}
		case err == nil && bytes.IndexByte(line, '=') < 0:
			err = e.binary()
		}
		if len(e.entry) > MaxLine {
			e.entry, e.cut = e.entry[:from], true
		}
		if err != nil {
			return err
		}
	}
}

// binary reads the length of a field, its bytes and its line end, behind its
// name.
func (e *entryCutter) binary() error {
	const size = 8
	head, err := e.in.Peek(size)
	if err != nil {
		return err
	}
	n := binary.LittleEndian.Uint64(head)
	if n > maxField {
		return fmt.Errorf("journal entry is damaged: a field says it has %d bytes", n)
	}
	end := size + int(n) + 1
	if len(e.entry)+end > MaxLine {
		e.cut = true
		e.entry = e.entry[:bytes.LastIndexByte(e.entry[:len(e.entry)-1], '\n')+1]
		_, err = e.in.Discard(end)
		return err
	}
	from := len(e.entry)
	e.entry = append(e.entry, make([]byte, end)...)
	got, err := io.ReadFull(e.in, e.entry[from:])
	e.entry = e.entry[:from+got]
	if errors.Is(err, io.ErrUnexpectedEOF) {
		_, err = e.in.Peek(1) // the log's own end, or an archive's that broke off
		return err
	}
	if err == nil && e.entry[len(e.entry)-1] != '\n' {
		return errors.New("journal entry is damaged: a field has another length than it says")
	}
	return err
}

// object reads lines from "{" to "}"; those of inner objects are indented.
func (e *entryCutter) object() error {
	for {
		from := len(e.entry)
		err := e.line()
		line := e.entry[from:]
		if TrimmedEnd(e.entry) == 0 { // an empty line between two
			e.entry = e.entry[:0]
		}
		if len(e.entry) > MaxLine {
			e.entry, e.cut = e.entry[:MaxLine], true
		}
		if err != nil || string(line[:TrimmedEnd(line)]) == "}" {
			return err
		}
	}
}

// line appends the next line: of a long one its beginning, more than fits.
func (e *entryCutter) line() error {
	for {
		chunk, err := e.in.ReadSlice('\n')
		if len(e.entry) <= MaxLine {
			e.entry = append(e.entry, chunk...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
