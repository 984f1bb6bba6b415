package logfile

import (
	"context"
	"errors"
	"io"
	"iter"
	"runtime"
	"sync"
	"time"
)

const (
	// sectionSize is what one goroutine reads of a plain file before it takes the
	// next section: long enough that finding its ends costs nothing, short enough
	// that what waits for its turn stays small.
	sectionSize = 4 << 20
	// ahead is how many sections of each goroutine may wait for their turn; it
	// stops when there are more.
	ahead = 2
)

// Line is one line of a log that was kept.
type Line struct {
	Number int    // in the log, from 1
	Frame  []byte // as Log.Lines has it, until the next one is asked for
	Kept   bool   // keep wanted it; the log's first line comes in any case
	Last   bool   // the log's last line, once more and behind all others
}

// Scanner reads a log ahead of who takes its lines, and lets through what matters.
type Scanner struct {
	log   *File
	keep  func() func(frame []byte) bool
	turns []chan section // section n comes from turns[n % len(turns)]
	// waiting are the readers that begin when the lines are asked for: who opens several logs,
	// one for each processor, does not have as many readers for each of them.
	waiting []func()
	wait    bool // for the goroutines, at the end
	ctx     context.Context
	stop    context.CancelFunc
	left    chan struct{} // closed when nobody takes lines any more
	leave   sync.Once
	done    sync.WaitGroup
}

// section is what came of a part of a log.
type section struct {
	lines int
	kept  []keptLine
	text  []byte // of the kept lines, one after another
	last  []byte // the last line
	stats Stats
	final bool
	err   error
}

// keptLine is where a line stands in the section, and in its text.
type keptLine struct {
	number, from, to int
	kept             bool
}

// Scan begins to read the log and keeps the lines that keep wants: it is called once for
// each goroutine that reads, and what it returns is that one's alone.
//
// A plain file is read in sections, by as many as there are processors when its lines are
// asked for, and by one until then. What is
// compressed or piped has one reader, which is ahead of one who cuts, and so have
// logs in which a line is more than a line: journals' entries and containers' parts
// need the lines before. Either way lines come as Log.Lines gives them, in their
// order, and those of a pipe as soon as it has no more. The caller closes the Sieve
// before the Log.
func (l *File) Scan(ctx context.Context, keep func() func(frame []byte) bool) *Scanner {
	s := &Scanner{log: l, keep: keep, wait: l.name != stdin, left: make(chan struct{})}
	s.ctx, s.stop = context.WithCancel(ctx)
	if file := l.plain(); file != nil {
		readers := min(runtime.GOMAXPROCS(0), l.sections())
		for i := range readers {
			s.start(i > 0, func(to chan<- section) { s.sections(file, i, readers, to) })
		}
		return s
	}
	l.text, l.ahead = stoppable{l.text, s.ctx}, newReadahead(s.ctx)
	s.done.Go(func() { l.ahead.run(l.text, l.compressed) })
	s.start(false, s.stream)
	return s
}

// start begins a reader, or has it wait until somebody asks for the lines.
func (s *Scanner) start(wait bool, read func(chan<- section)) {
	turn := make(chan section, ahead)
	s.turns = append(s.turns, turn)
	if wait {
		s.waiting = append(s.waiting, func() { read(turn) })
		return
	}
	s.done.Go(func() { read(turn) })
}

// sections is how many sections a plain file has now, one at the least.
func (l *File) sections() int {
	size := l.size
	if l.section != nil {
		size = l.section.Size()
	}
	return int(max(1, (size+sectionSize-1)/sectionSize))
}

// plain returns the file when its lines can be read from anywhere, else nil: what
// of it Seek left.
func (l *File) plain() io.ReaderAt {
	if l.file == nil {
		return nil
	}
	head := make([]byte, formatHead)
	n, err := l.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) || formatOf(head[:n]) != plainLines {
		return nil
	}
	if l.section != nil {
		return l.section
	}
	return l.file
}

// Lines yields the first line, the kept ones, and the last one. An error comes last,
// as from Log.Lines; it is ctx's when that ended, behind all that was read by then. Stats
// tells at any time what has been led to here.
func (s *Scanner) Lines() iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for _, read := range s.waiting {
			s.done.Go(read)
		}
		s.waiting = nil
		var last []byte
		before := 0
		for n := 0; ; n++ {
			sec, err := s.next(n)
			for _, k := range sec.kept {
				if !yield(Line{Number: before + k.number, Frame: sec.text[k.from:k.to], Kept: k.kept}, nil) {
					return
				}
			}
			before += sec.lines
			if sec.lines > 0 {
				last = sec.last
			}
			if sec.final || err != nil {
				if before > 0 && !yield(Line{Number: before, Frame: last, Last: true}, nil) {
					return
				}
				if err != nil {
					yield(Line{}, err)
				}
				return
			}
		}
	}
}

// lastWait is how long what was read when ctx ended may take to come. Readers end soon
// then, but for one that waits for a disk.
const lastWait = time.Second

// next waits for the section whose turn it is, and counts what it held.
func (s *Scanner) next(n int) (section, error) {
	var over <-chan time.Time
	for ended := s.ctx.Done(); ; {
		select {
		case <-ended:
			ended, over = nil, time.After(lastWait)
		case <-over:
			return section{}, s.ctx.Err()
		case sec := <-s.turns[n%len(s.turns)]:
			s.log.lines.Add(sec.stats.Lines)
			s.log.bytes.Add(sec.stats.Bytes)
			s.log.cut.Add(sec.stats.Cut)
			return sec, sec.err
		}
	}
}

// Close ends the reading and waits for its end, but for that of stdin, which only
// its writer can end.
func (s *Scanner) Close() {
	s.stop()
	s.leave.Do(func() { close(s.left) })
	if s.wait {
		s.done.Wait()
	}
}

// give hands a section on and reports whether more is wanted.
func (s *Scanner) give(to chan<- section, sec section) bool {
	select {
	case <-s.left:
		return false
	case to <- sec:
		return true
	}
}

// stoppable is a reader that ends with ctx.
type stoppable struct {
	io.Reader
	ctx context.Context
}

// Read reads unless ctx has ended.
func (r stoppable) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
