package logs

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/syslog/logfile"
)

const (
	// progressEvery is how often the line is drawn anew.
	progressEvery = 200 * time.Millisecond
	// eraseLine takes back what stands on the terminal's line.
	eraseLine = "\r\x1b[K"
)

// progress shows on a terminal how far logs are read, in one line that goes away.
// The nil progress shows nothing.
type progress struct {
	events atomic.Int64

	mu    sync.Mutex
	w     io.Writer
	total int64 // bytes of all files, 0 when one's size is not known
	begun time.Time
	logs  []*logfile.File
}

// NewProgress is for the terminal behind w, nil when there is none.
func NewProgress(w io.Writer, names []string) *progress {
	if !term.IsTerminal(w) {
		return nil
	}
	return &progress{w: w, total: sizeOf(names), begun: time.Now()}
}

func sizeOf(names []string) (total int64) {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		total += info.Size()
	}
	return total
}

// add counts a log in.
func (p *progress) add(log *logfile.File) {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.logs = append(p.logs, log)
	}
}

// event counts a health line.
func (p *progress) event() {
	if p != nil {
		p.events.Add(1)
	}
}

// Over is w, before whose every write the line goes away: both may be one terminal.
func (p *progress) Over(w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return &cleared{w, p}
}

// cleared writes where the progress is drawn.
type cleared struct {
	w io.Writer
	p *progress
}

// Write erases the line and writes.
func (c *cleared) Write(b []byte) (int, error) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	fmt.Fprint(c.p.w, eraseLine)
	return c.w.Write(b)
}

// run draws until ctx ends, and erases what it drew.
func (p *progress) run(ctx context.Context) {
	if p == nil {
		return
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			p.mu.Lock()
			defer p.mu.Unlock()
			fmt.Fprint(p.w, eraseLine)
			return
		case now := <-tick.C:
			p.mu.Lock()
			fmt.Fprint(p.w, eraseLine+p.line(now))
			p.mu.Unlock()
		}
	}
}

// line says how far it is: of files that are compressed, in their own bytes.
func (p *progress) line(now time.Time) string {
	var read int64
	for _, log := range p.logs {
		read += log.Stats().Read
	}
	spent := now.Sub(p.begun)
	speed := float64(read) / max(spent.Seconds(), 1e-3)
	s := fmt.Sprintf("%s read, %s/s, %s", inBytes(float64(read)), inBytes(speed), term.Counted(int(p.events.Load()), "health line"))
	if read = min(read, p.total); read > 0 {
		left := time.Duration(float64(spent) * float64(p.total-read) / float64(read))
		s = fmt.Sprintf("%d %% of %s: %s, %s left", read*100/p.total, inBytes(float64(p.total)), s, left.Round(time.Second))
	}
	return s
}

// inBytes writes a count of bytes as people say it.
func inBytes(n float64) string {
	for _, unit := range []string{"bytes", "kB", "MB", "GB"} {
		if n < 1000 {
			return fmt.Sprintf("%.3g %s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.3g TB", n)
}
