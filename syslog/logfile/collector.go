package logfile

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
)

// sections reads every readers-th section of the file, from the index on, until the
// file ends. A line belongs to the section it begins in.
func (s *Scanner) sections(file io.ReaderAt, index, readers int, to chan<- section) {
	p := collector{keep: s.keep()}
	for ; ; index += readers {
		from, end, final, err := bounds(file, int64(index)*sectionSize)
		p.begin(index == 0)
		if err == nil && from < end {
			err = notEOF(p.read(stoppable{&meter{io.NewSectionReader(file, from, end-from), &s.log.read}, s.ctx}))
		}
		sec := p.section()
		sec.final, sec.err = final, err
		if err != nil {
			sec.err = s.log.damage(err)
		}
		sec.stats.Bytes = sectionSize // what of a long line was left out counts too
		if final {
			sec.stats.Bytes = from + p.lines.filled - int64(index)*sectionSize
		}
		if !s.give(to, sec) || final || err != nil {
			return
		}
	}
}

// edgeSize is what is read at once to find where a line ends.
const edgeSize = 4 << 10

// bounds finds where the lines of the section that begins at from begin and end;
// final says that the file ends with it, and then it has no end. A file that grows
// is read up to where it ended when its last section was looked at.
//
// A line that goes on for MaxLine beyond the section is cut anyway, so that nobody
// looks for its end: a file without line ends is not read over and over.
func bounds(file io.ReaderAt, from int64) (begin, end int64, final bool, err error) {
	next := from + sectionSize
	if from > 0 {
		at, err := LineAfter(file, from-1, next-1)
		if err != nil || at < 0 {
			return at, at, errors.Is(err, io.EOF), notEOF(err)
		}
		from = at
	}
	end, err = LineAfter(file, next-1, next+MaxLine)
	switch {
	case errors.Is(err, io.EOF):
		const forever = 1 << 62
		return from, forever, true, nil
	case end < 0:
		end = next + MaxLine + 1
	}
	return from, end, false, err
}

// LineAfter returns what follows the first line end between from and to, -1 when
// there is none, and where the file ends with io.EOF when it does so before to.
func LineAfter(file io.ReaderAt, from, to int64) (int64, error) {
	edge := make([]byte, edgeSize)
	for from < to {
		n, err := file.ReadAt(edge[:min(int64(len(edge)), to-from)], from)
		if at := bytes.IndexByte(edge[:n], '\n'); at >= 0 {
			return from + int64(at) + 1, nil
		}
		if from += int64(n); err != nil {
			return from, err
		}
	}
	return -1, nil
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// stream reads the log from its beginning to its end. Before it waits for more it hands
// on what was kept: who follows a pipe sees each line as it comes.
func (s *Scanner) stream(to chan<- section) {
	p := collector{keep: s.keep()}
	p.begin(true)
	for {
		err := s.log.fill(&p.lines)
		p.take()
		s.log.count(&p.lines)
		if err = cmp.Or(p.lines.Err(), err); err != nil {
			p.rest(err)
			sec := p.section()
			sec.final = true
			if notEOF(err) != nil {
				sec.err = s.log.damage(err)
			}
			s.give(to, sec)
			return
		}
		p.settle()
		if len(p.kept) > 0 {
			if !s.give(to, p.section()) {
				return
			}
			p.next()
		}
	}
}

// collector cuts a log into lines, tries one after another and gathers those that are kept.
type collector struct {
	keep    func(frame []byte) bool
	lines   Splitter
	first   bool // the next line is the log's first
	number  int  // lines so far
	kept    []keptLine
	text    []byte
	last    []byte // the last line
	settled []byte // its copy
}

// begin empties it for the next section, whose first line is perhaps the log's.
func (p *collector) begin(first bool) {
	p.lines.Reset(nil)
	if !first {
		p.lines.Reset([]byte{}) // of a log whose lines are plain
	}
	p.first = first
	p.next()
}

// next goes on behind what was handed on.
func (p *collector) next() { p.number, p.kept, p.text = 0, nil, nil }

// read takes all there is to read; its error is the reader's, io.EOF at the end.
func (p *collector) read(r io.Reader) error {
	for {
		n, err := r.Read(p.lines.Space())
		p.lines.Filled(n)
		p.take()
		if err != nil {
			p.rest(err)
			return err
		}
		p.settle()
	}
}

// take tries the lines that have come.
func (p *collector) take() {
	for {
		if !p.first {
			if n, last := p.lines.skip(p.keep); n > 0 {
				p.number += n
				p.last = last
			}
		}
		line, _, ok := p.lines.Next()
		if !ok {
			return
		}
		p.try(line)
	}
}

// rest tries what is left when the log has ended.
func (p *collector) rest(err error) {
	for line, _, ok := p.lines.restAt(err); ok; line, _, ok = p.lines.restAt(err) {
		p.try(line)
	}
}

// try tries a line.
func (p *collector) try(line []byte) {
	p.number++
	p.last = line
	kept := p.keep(line)
	if kept || p.first {
		from := len(p.text)
		p.text = append(p.text, line...)
		p.kept = append(p.kept, keptLine{p.number, from, len(p.text), kept})
		p.first = false
	}
}

// settle copies the last line, before what it stands in is written again.
func (p *collector) settle() {
	p.settled = append(p.settled[:0], p.last...)
	p.last = p.settled
}

// section is what was gathered.
func (p *collector) section() section {
	sec := section{lines: p.number, kept: p.kept, text: p.text, last: slices.Clone(p.last)}
	sec.stats.Lines, sec.stats.Cut = p.lines.counts()
	return sec
}
