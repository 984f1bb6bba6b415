package framing

import "sync"

const (
	// FirstBuffer is what a connection holds for good, so that a thousand quiet ones
	// take 16 MiB.
	FirstBuffer = 16 << 10
	// LargeBuffer is what is lent to a connection while its reads are full. Larger ones
	// are no faster: they fall out of the processor's cache.
	LargeBuffer = 128 << 10
)

// Buffers lend large buffers to those connections that have much to say, and take
// them back as soon as a read is not full: nobody waits for a silent peer with one. A
// frame that is longer than FirstBuffer keeps its buffer until it is whole.
type Buffers struct {
	size int       // holds every frame
	pool sync.Pool // of *[]byte
}

// NewBuffers returns buffers for frames of so many bytes at the most.
func NewBuffers(maxFrame int) *Buffers { return &Buffers{size: max(LargeBuffer, room(maxFrame))} }

func (b *Buffers) lend() *[]byte {
	if large, ok := b.pool.Get().(*[]byte); ok {
		return large
	}
	large := make([]byte, b.size)
	return &large
}

func (b *Buffers) giveBack(large *[]byte) { b.pool.Put(large) }
