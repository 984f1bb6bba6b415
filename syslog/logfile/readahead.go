package logfile

import (
	"context"
	"io"
)

// prefetched is how many blocks of a compressed or piped log are read before anybody
// has cut them: enough that neither side waits for the other when they take turns.
const prefetched = 3

// readahead reads a log while another goroutine cuts its lines: so decompressing and
// sifting go on side by side. A block is cut where it was read; before it there is room
// for the line that the one before left unfinished.
type readahead struct {
	ctx  context.Context
	full chan fetched
	free chan []byte
}

// fetched is a block, n bytes behind the first MaxLine.
type fetched struct {
	buf []byte
	n   int
	err error
}

func newReadahead(ctx context.Context) *readahead {
	p := &readahead{ctx: ctx, full: make(chan fetched, prefetched), free: make(chan []byte, prefetched)}
	for range prefetched {
		p.free <- make([]byte, MaxLine+block)
	}
	return p
}

// run reads up to the first error, which it hands on, or until ctx ends. What is given in
// small bites, as decompressors do, is gathered when whole is set: to change places costs
// as much as to decompress a bite.
func (p *readahead) run(source io.Reader, whole bool) {
	for {
		select {
		case <-p.ctx.Done():
			return
		case buf := <-p.free:
			n, err := source.Read(buf[MaxLine:])
			for whole && err == nil && n < block {
				var more int
				more, err = source.Read(buf[MaxLine+n:])
				n += more
			}
			p.full <- fetched{buf, n, err} // which has room for all that there are
			if err != nil {
				return
			}
		}
	}
}

// fill gives the block before back and puts the next one in its place, with what was not
// cut before it. No block follows an error.
func (p *readahead) fill(s *Splitter) error {
	select {
	case <-p.ctx.Done():
		return p.ctx.Err()
	case f := <-p.full:
		rest := s.buf[s.r:s.w]
		used := s.buf
		s.buf, s.r = f.buf, MaxLine-len(rest)
		s.w = MaxLine
		copy(s.buf[s.r:], rest)
		if used != nil {
			p.free <- used
		}
		s.Filled(f.n)
		return f.err
	}
}
