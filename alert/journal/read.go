package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"sync"

	"haproxy-alert/alert"
)

// Read yields the facts in dir, oldest first, with Damage in the place of what
// cannot be read; any other error ends it. It writes nothing and takes no lock,
// so it may read beside the daemon: the newest facts may then not be durable yet,
// and a record still being written is left out without a word.
func Read(dir string) iter.Seq2[alert.Fact, error] {
	return func(yield func(alert.Fact, error) bool) {
		segments, err := listSegments(dir)
		if err != nil {
			yield(alert.Fact{}, fmt.Errorf("read journal %s: %w", dir, err))
			return
		}
		for i := range segments {
			more := scanSegment(segments, i, 0, func(r record, err error) bool {
				if unfinished(segments, i, err) {
					return true
				}
				return yieldFact(segments[i].path, r, err, yield)
			})
			if !more {
				return
			}
		}
	}
}

// unfinished says whether err is a record cut short at the end of the journal,
// where a writer may be just now.
func unfinished(segments []segment, i int, err error) bool {
	d, ok := errors.AsType[Damage](err)
	return ok && i == len(segments)-1 && d.tail && errors.Is(d, errCut)
}

// scanSegment gives yield the committed records of segments[i], or a Damage, or
// that the file may not be opened. A disk that cannot give the file back is
// damage too. It does not open a segment that holds nothing after seq, and it
// returns false when yield did or the file may not be opened.
func scanSegment(segments []segment, i int, seq uint64, yield func(record, error) bool) bool {
	last, open := limit(segments, i)
	if last <= seq || last < segments[i].first {
		return true
	}
	path := segments[i].path
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true // compacted since it was listed
	}
	if errors.Is(err, fs.ErrPermission) {
		yield(record{}, err)
		return false
	}
	s := scanner{file: path, data: data, last: segments[i].first - 1, limit: last, open: open}
	more := s.scan(func(r record, d *Damage) bool {
		if d != nil {
			return yield(record{}, *d)
		}
		return yield(r, nil)
	})
	if err == nil || !more {
		return more
	}
	return yield(record{}, Damage{File: path, Offset: int64(len(data)), Err: err})
}

// yieldFact decodes r, if err is nil, for a reader of facts.
func yieldFact(path string, r record, err error, yield func(alert.Fact, error) bool) bool {
	if err != nil {
		return yield(alert.Fact{}, err)
	}
	f, err := decode(r.payload)
	if err != nil {
		return yield(alert.Fact{}, Damage{File: path, First: r.seq, Last: r.seq, Err: err})
	}
	f.Seq = r.seq
	return yield(f, nil)
}

// What is decoded ahead of a fold: so many parts of so many facts, some 1 MiB.
const (
	aheadParts = 4
	aheadFacts = 256
)

// decoded is a fact, or what stands in its place.
type decoded struct {
	fact alert.Fact
	err  error
}

// ahead gives the same facts, which another goroutine decodes while they are folded. It
// has ended when the iteration has.
func ahead(facts iter.Seq2[alert.Fact, error]) iter.Seq2[alert.Fact, error] {
	return func(yield func(alert.Fact, error) bool) {
		parts := make(chan []decoded, aheadParts)
		enough := make(chan struct{})
		var decoding sync.WaitGroup
		defer decoding.Wait()
		defer close(enough)
		decoding.Go(func() { decodeParts(facts, parts, enough) })
		for part := range parts {
			for _, d := range part {
				if !yield(d.fact, d.err) {
					return
				}
			}
		}
	}
}

// decodeParts sends the facts, until there are enough.
func decodeParts(facts iter.Seq2[alert.Fact, error], parts chan<- []decoded, enough <-chan struct{}) {
	defer close(parts)
	part := make([]decoded, 0, aheadFacts)
	send := func() bool {
		select {
		case parts <- part:
			part = make([]decoded, 0, aheadFacts)
			return true
		case <-enough:
			return false
		}
	}
	for f, err := range facts {
		if part = append(part, decoded{f, err}); len(part) == aheadFacts && !send() {
			return
		}
	}
	send()
}
