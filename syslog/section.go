package syslog

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// sections reads every readers-th section of the file, from the index on, until the
// file ends. A line belongs to the section it begins in.
func (s *Sieve) sections(file io.ReaderAt, index, readers int, to chan<- section) {
	p := picker{keep: s.keep}
	take := p.yielded
	edge := make([]byte, edgeSize)
	cutter := lineCutter{buf: make([]byte, MaxLine+block), refill: p.settle, skim: p.skim}
	for ; ; index += readers {
		from, end, final, err := bounds(file, int64(index)*sectionSize, edge)
		part := &Log{name: s.log.name}
		if err == nil && from < end {
			part.text = stoppable{&meter{io.NewSectionReader(file, from, end-from), &s.log.read}, s.ctx}
			cutter.log, cutter.r, cutter.w, cutter.dropping = part, 0, 0, false
			p.begin(index == 0)
			cutter.lines(nil, take)
			err = p.err
		} else {
			p.begin(false)
		}
		sec := p.section()
		sec.stats, sec.final, sec.err = part.Stats(), final, err
		sec.stats.Bytes = sectionSize // what of a long line was left out counts too
		if final {
			sec.stats.Bytes = from + part.bytes.Load() - int64(index)*sectionSize
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
func bounds(file io.ReaderAt, from int64, edge []byte) (begin, end int64, final bool, err error) {
	next := from + sectionSize
	if from > 0 {
		at, err := nextLine(file, from-1, next-1, edge)
		if err != nil || at < 0 {
			return at, at, errors.Is(err, io.EOF), notEOF(err)
		}
		from = at
	}
	end, err = nextLine(file, next-1, next+MaxLine, edge)
	switch {
	case errors.Is(err, io.EOF):
		const forever = 1 << 62
		return from, forever, true, nil
	case end < 0:
		end = next + MaxLine + 1
	}
	return from, end, false, err
}

// nextLine returns what follows the first line end between from and to, -1 when
// there is none, and where the file ends with io.EOF when it does so before to.
func nextLine(file io.ReaderAt, from, to int64, edge []byte) (int64, error) {
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
func (s *Sieve) stream(to chan<- section) {
	p := picker{keep: s.keep}
	p.begin(true)
	var err error
	wanted := true
	handOn := func() {
		if len(p.kept) > 0 && wanted {
			wanted = s.give(to, p.section())
			p.begin(false)
		}
	}
	for line, fault := range s.log.linesTold(func() { p.settle(); handOn() }, p.skim) {
		if err = fault; fault != nil || !wanted {
			break
		}
		p.take(line)
		if len(p.text) > maxKept {
			handOn()
		}
	}
	sec := p.section()
	sec.final, sec.err = true, err
	s.give(to, sec)
}

// picker tries lines one after another and gathers those that are kept.
type picker struct {
	keep    func([]byte) bool
	peeler  Peeler
	first   bool // the next line is the log's first
	lines   int
	kept    []keptLine
	text    []byte
	last    []byte // the last line
	settled []byte // its copy
	err     error  // of the reading
}

// begin empties it for the next section, whose first line is perhaps the log's.
func (p *picker) begin(first bool) {
	p.first, p.lines, p.kept, p.text = first, 0, nil, nil
}

// yielded takes what a lineCutter gives.
func (p *picker) yielded(line []byte, err error) bool {
	if err != nil {
		p.err = err
		return false
	}
	p.take(line)
	return true
}

// take tries a line.
func (p *picker) take(line []byte) {
	p.lines++
	p.last = line
	kept := p.keep(p.peeler.Body(line))
	if kept || p.first {
		from := len(p.text)
		p.text = append(p.text, line...)
		p.kept = append(p.kept, keptLine{p.lines, from, len(p.text), kept})
		p.first = false
	}
}

// settle copies the last line, before what it stands in is written again.
func (p *picker) settle() {
	p.settled = append(p.settled[:0], p.last...)
	p.last = p.settled
}

// section is what was gathered.
func (p *picker) section() section {
	return section{lines: p.lines, kept: p.kept, text: p.text, last: slices.Clone(p.last)}
}
