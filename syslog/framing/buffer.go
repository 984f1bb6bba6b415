package framing

import (
	"bytes"
	"sync"
)

// buffer is the part of a stream that has come and is not yet cut.
type buffer struct {
	small  []byte   // what it has for good
	lender *Buffers // of larger ones
	lent   *[]byte  // the one it has now, or nil

	buf  []byte // small, or what lent has
	r, w int    // buf[r:w] is not yet cut

	crowded bool // the last read filled the space
	zeros   bool // a NUL stands in buf[r:w], or did after the last read
}

func newBuffer(most int, lender *Buffers) buffer {
	small := make([]byte, min(FirstBuffer, room(most)))
	return buffer{small: small, buf: small, lender: lender}
}

// Space returns where the next bytes of the stream go, never empty once all
// frames were taken.
func (v *buffer) Space() []byte {
	rest := v.buf[v.r:v.w]
	switch large := v.lent; {
	case large == nil && (v.crowded || len(rest) == len(v.small)):
		v.lent = v.lender.lend()
		v.move(*v.lent, rest)
	case large != nil && !v.crowded && len(rest) <= len(v.small)/2:
		v.lent = nil
		v.move(v.small, rest)
		v.lender.giveBack(large)
	case v.r > 0:
		v.move(v.buf, rest)
	}
	return v.buf[v.w:]
}

func (v *buffer) move(to, rest []byte) { v.buf, v.r, v.w = to, 0, copy(to, rest) }

// Filled says that n bytes of space were filled.
func (v *buffer) Filled(n int) {
	fresh := v.buf[v.w : v.w+n]
	v.zeros = hasZero(fresh) || v.zeros && hasZero(v.buf[v.r:v.w])
	v.w += n
	v.crowded = v.w == len(v.buf)
}

// Crowded tells that the last bytes filled all the space there was.
func (v *buffer) Crowded() bool { return v.crowded }

// Close gives back what was lent. No frame is valid any more.
func (v *buffer) Close() {
	if v.lent != nil {
		v.lender.giveBack(v.lent)
	}
}

func hasZero(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 }

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
