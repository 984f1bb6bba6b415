package journal

import (
	"iter"
	"sync"

	"haproxy-alert/alert"
)

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
