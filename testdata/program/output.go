package program

import (
	"bytes"
	"sync"
)

// Output keeps what a process writes, readable while it writes.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write takes more of it.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

// String is all that was written so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Contains reports whether the words were written.
func (o *Output) Contains(words string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Contains(o.buf.Bytes(), []byte(words))
}

// Tail is the end of the output, enough to see what went wrong: so many bytes at the most.
func (o *Output) Tail(most int) string {
	s := o.String()
	return s[max(0, len(s)-most):]
}
