package peer

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"text/template"
	"time"
)

// A Receiver is a running program that takes log lines and keeps the health lines.
type Receiver struct {
	*Process
	Addr netip.AddrPort
	// Dir holds all its files.
	Dir string
	// Ready is how long haproxy-alert took to say so.
	Ready time.Duration

	kept string                   // glob of the files in which health lines come to stand
	read func() ([]string, error) // the texts of those lines, in their order there
}

// A Kind is a program that may receive.
type Kind struct {
	Name string
	// Rule reports whether its rules keep a health line: those of other programs than
	// ours know the usual beginnings.
	Rule func(text string) bool
	// Ours is set for haproxy-alert alone.
	Ours  bool
	find  func() error
	start func(context.Context, setting) (*Receiver, error)
}

// setting is what a receiver's configuration is made of.
type setting struct {
	Dir       string
	Addr      netip.AddrPort
	Transport string         // udp or tcp
	Relay     netip.AddrPort // where notices go; none: nowhere
	Begins    []string
	Threads   int    // that read datagrams
	ours      string // path of haproxy-alert
}

// Missing is the error of a program that is not there, a Missing.
func (k Kind) Missing() error { return k.find() }

// startWithin is how long a program may take to be ready.
const startWithin = 60 * time.Second

// Start starts the receiver in an empty folder and returns when it is ready.
func (k Kind) Start(ctx context.Context, dir, transport string, relay netip.AddrPort) (*Receiver, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	r, err := k.start(ctx, setting{Dir: dir, Addr: addr, Transport: transport, Relay: relay, Begins: beginnings})
	if err != nil {
		return nil, err
	}
	r.Addr, r.Dir = addr, dir
	err = r.until(ctx, startWithin, "ready", func() bool { return r.listens(transport) })
	if err == nil && transport == "udp" {
		err = r.evenBuffers()
	}
	if err != nil {
		r.Kill()
		return nil, err
	}
	return r, nil
}

func (r *Receiver) listens(transport string) bool {
	if transport == "udp" {
		s, err := r.Sockets()
		return err == nil && s.Bound > 0
	}
	conn, err := net.Dial("tcp", r.Addr.String())
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// Sockets is what the kernel says of the UDP sockets it reads.
func (r *Receiver) Sockets() (Sockets, error) { return socketsOf(r.Addr.Port()) }

// How a receiver is known to have done all it will do: its sockets are empty and it has
// taken next to no processor time, this often in a row.
const (
	idleEvery = 50 * time.Millisecond
	idleTimes = 6
	idleShare = 0.03
	idleLimit = 60 * time.Second
)

// Quiet returns when the receiver has worked off what it was sent.
func (r *Receiver) Quiet(ctx context.Context) error {
	last, err := r.CPU()
	for quiet, began := 0, time.Now(); err == nil && quiet < idleTimes; {
		if time.Since(began) > idleLimit {
			return fmt.Errorf("%s: still busy after %v", r.Name, idleLimit)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleEvery):
		}
		if err := r.alive(); err != nil {
			return err
		}
		var now time.Duration
		var s Sockets
		now, err = r.CPU()
		if err == nil {
			s, err = r.Sockets()
		}
		quiet++
		if s.Waiting > 0 || float64(now-last) > idleShare*float64(idleEvery) {
			quiet = 0
		}
		last = now
	}
	return err
}

// Kept returns the texts of the health lines it kept. It must have been stopped.
func (r *Receiver) Kept() ([]string, error) { return r.read() }

// AwaitWritten returns when words stand in one of the files of health lines.
func (r *Receiver) AwaitWritten(ctx context.Context, words string, within time.Duration) error {
	w := watch{glob: r.kept, words: []byte(words), seen: map[string]int64{}}
	return r.until(ctx, within, "write "+words, w.found)
}

// watch reads what is added to files.
type watch struct {
	glob  string
	words []byte
	seen  map[string]int64
}

func (w *watch) found() bool {
	paths, _ := filepath.Glob(w.glob)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		from := max(0, w.seen[path]-int64(len(w.words)))
		info, err := f.Stat()
		added := make([]byte, 0)
		if err == nil {
			added = make([]byte, max(0, info.Size()-from))
			n, _ := f.ReadAt(added, from)
			added = added[:n]
			w.seen[path] = from + int64(n)
		}
		_ = f.Close()
		if bytes.Contains(added, w.words) {
			return true
		}
	}
	return false
}

//go:embed conf
var confs embed.FS

// write fills in a configuration and returns its path.
func write(name string, dir string, data any) (string, error) {
	page, err := template.ParseFS(confs, "conf/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := page.Option("missingkey=error").Execute(&b, data); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, b.Bytes(), 0o644)
}
