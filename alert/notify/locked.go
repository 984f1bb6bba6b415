package notify

import (
	"io"
	"sync"
)

// lockedWriter takes one write at a time: instances of one channel are told side by side.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}
