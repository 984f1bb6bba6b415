package syslog

import (
	"context"
	"io"
)

// prefetched is how many blocks of a compressed or piped log are read before anybody
// has cut them: enough that neither side waits for the other when they take turns.
const prefetched = 3

// prefetch reads a log while another goroutine cuts its lines: so decompressing and
// sifting go on side by side. A block is cut where it was read; before it there is room
// for the line that the one before left unfinished.
type prefetch struct {
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

func newPrefetch(ctx context.Context) *prefetch {
	p := &prefetch{ctx: ctx, full: make(chan fetched, prefetched), free: make(chan []byte, prefetched)}
	for range prefetched {
		p.free <- make([]byte, MaxLine+block)
	}
	return p
}

// run reads up to the first error, which it hands on, or until ctx ends. What is given in
// small bites, as decompressors do, is gathered when whole is set: to change places costs
// as much as to decompress a bite.
func (p *prefetch) run(source io.Reader, whole bool) {
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

// swap gives the block before back and returns the next one, with what was unfinished,
// used[r:w], before it: at buf[r:w]. No block follows an error.
func (p *prefetch) swap(used []byte, r, w int) ([]byte, int, int, error) {
	select {
	case <-p.ctx.Done():
		return used, r, w, p.ctx.Err()
	case f := <-p.full:
		rest := used[r:w]
		r = MaxLine - len(rest)
		copy(f.buf[r:], rest)
		if used != nil {
			p.free <- used
		}
		return f.buf, r, MaxLine + f.n, f.err
	}
}

// prefetchReader copies what was read ahead, for logs that are not cut into lines.
type prefetchReader struct {
	*prefetch
	buf  []byte
	r, w int
	err  error
}

// Read reads; p is not kept.
func (f *prefetchReader) Read(p []byte) (int, error) {
	for f.r == f.w && f.err == nil {
		f.buf, f.r, f.w, f.err = f.swap(f.buf, f.r, f.w)
	}
	if f.r == f.w {
		return 0, f.err
	}
	n := copy(p, f.buf[f.r:f.w])
	f.r += n
	return n, nil
}
