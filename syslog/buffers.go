package syslog

import "sync"

const (
	// firstBuffer is what a connection holds for good, so that a thousand quiet ones
	// take 16 MiB.
	firstBuffer = 16 << 10
	// largeBuffer is what is lent to a connection while its reads are full. Larger ones
	// are no faster: they fall out of the processor's cache.
	largeBuffer = 128 << 10
)

// buffers lends large buffers to those connections that have much to say, and takes
// them back as soon as a read is not full: nobody waits for a silent peer with one. A
// frame that is longer than firstBuffer keeps its buffer until it is whole.
type buffers struct {
	size int       // holds every frame
	pool sync.Pool // of *[]byte
}

func newBuffers(maxFrame int) *buffers { return &buffers{size: max(largeBuffer, room(maxFrame))} }

func (b *buffers) lend() *[]byte {
	if large, ok := b.pool.Get().(*[]byte); ok {
		return large
	}
	large := make([]byte, b.size)
	return &large
}

func (b *buffers) giveBack(large *[]byte) { b.pool.Put(large) }
