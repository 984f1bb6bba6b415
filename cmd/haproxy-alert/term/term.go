package term

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/term"
)

// Colored reports whether w is a terminal whose user did not ask for plain text
// (no-color.org).
func Colored(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// IsTerminal reports whether somebody looks on.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Visible shows control characters as "·", so that no line can drive a terminal.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// UsageError is a command line that cannot be carried out as it is written.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e UsageError) Unwrap() error { return e.Err }

// promptly is how long what was written may wait for more: who reads a log as it grows,
// through a pipe, sees each line at once, and who reads an old one waits for no terminal.
const promptly = 100 * time.Millisecond

// Prompt is a buffer that is flushed by itself.
type Prompt struct {
	mu    sync.Mutex
	out   *bufio.Writer
	armed bool
}

// NewPrompt writes a line at the bottom of a terminal that others scroll over.
func NewPrompt(w io.Writer) *Prompt { return &Prompt{out: bufio.NewWriter(w)} }

// Write writes to the buffer. Its error is that of any write before.
func (p *Prompt) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.armed {
		p.armed = true
		time.AfterFunc(promptly, func() { _ = p.Flush() }) // the next Write has its error
	}
	return p.out.Write(b)
}

// Flush writes what is in the buffer.
func (p *Prompt) Flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	return p.out.Flush()
}

// ClockForm is how commands write a time.
const ClockForm = "2006-01-02 15:04:05 MST"

// Counted writes a number before a word.
func Counted(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}
