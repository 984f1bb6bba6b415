package main

import (
	"bufio"
	"io"
	"sync"
	"time"
)

// promptly is how long what was written may wait for more: who reads a log as it grows,
// through a pipe, sees each line at once, and who reads an old one waits for no terminal.
const promptly = 100 * time.Millisecond

// prompt is a buffer that is flushed by itself.
type prompt struct {
	mu    sync.Mutex
	out   *bufio.Writer
	armed bool
}

func newPrompt(w io.Writer) *prompt { return &prompt{out: bufio.NewWriter(w)} }

// Write writes to the buffer. Its error is that of any write before.
func (p *prompt) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.armed {
		p.armed = true
		time.AfterFunc(promptly, func() { _ = p.Flush() }) // the next Write has its error
	}
	return p.out.Write(b)
}

// Flush writes what is in the buffer.
func (p *prompt) Flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	return p.out.Flush()
}
