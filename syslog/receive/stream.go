package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"haproxy-alert/syslog/framing"
)

// The waits after an accept that failed, as with too many open files: doubled
// from the first to the last.
const (
	acceptFirstWait = 5 * time.Millisecond
	acceptLastWait  = time.Second
)

// runStream accepts connections and reads each in its own goroutine. They end
// with ctx, or when no more can be accepted.
func (r *Receiver) runStream(ctx context.Context, sink Sink) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	var open sync.WaitGroup
	err := r.accept(ctx, func(c net.Conn) {
		open.Go(func() { r.serve(ctx, c, sink) })
	})
	end()
	err = errors.Join(err, r.Close())
	open.Wait()
	return err
}

// accept hands over the connections until ctx ends, and then those that already
// stand in the kernel's queue.
func (r *Receiver) accept(ctx context.Context, serve func(net.Conn)) error {
	e := drain{conn: readDeadline{r.listener}}
	defer e.start(ctx)()
	wait := time.Duration(0)
	for e.arm(ctx) {
		c, err := r.listener.Accept()
		switch {
		case err == nil:
			wait = 0
			r.admit(c, serve)
		case errors.Is(err, os.ErrDeadlineExceeded) && e.more(ctx):
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept %s: %w", r, err)
		default:
			wait = min(max(2*wait, acceptFirstWait), acceptLastWait)
			if wait == acceptFirstWait {
				r.config.Log.Warn("accept failed, will try again", "listener", r.String(), "err", err)
			}
			pause(ctx, wait)
		}
	}
	return nil
}

// admit takes a connection if its peer is allowed and there is room.
func (r *Receiver) admit(c net.Conn, serve func(net.Conn)) {
	if !r.allows(peerOf(c)) {
		_ = c.Close()
		return
	}
	if n := r.count.connections.Add(1); n > int64(r.config.MaxConnections) {
		r.count.connections.Add(-1)
		r.count.tooMany.Add(1)
		_ = c.Close()
		return
	}
	r.count.accepted.Add(1)
	serve(c)
}

// serve reads one connection to its end. What a peer sent before it broke off is
// delivered; why it broke off is its own matter.
func (r *Receiver) serve(ctx context.Context, c net.Conn, sink Sink) {
	defer r.count.connections.Add(-1)
	defer func() { _ = c.Close() }()
	if r.keys != nil {
		s, err := r.secured(ctx, c)
		if err != nil {
			r.handshakeFailed(c, err)
			return
		}
		c = s
	}
	peer, f, g := peerOf(c), framing.New(r.config.MaxFrame, r.large), r.sinkWriter(sink)
	defer f.Close()
	err := r.readStream(ctx, c, f, func() {
		for data, cut, ok := f.Next(); ok; data, cut, ok = f.Next() {
			g.give(data, peer, cut)
		}
		g.settle()
	})
	for data, cut, ok := f.Rest(); ok; data, cut, ok = f.Rest() {
		g.give(data, peer, cut)
	}
	g.settle()
	switch {
	case errors.Is(err, errSpeaksTLS):
		r.handshakeFailed(c, err)
	case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil:
		r.count.idle.Add(1)
	}
}

// readStream reads until the stream ends; its error says how. It calls give after
// each read.
func (r *Receiver) readStream(ctx context.Context, c net.Conn, f *framing.Framer, give func()) error {
	e := drain{conn: c, idle: r.config.IdleTimeout}
	defer e.start(ctx)()
	for begun := false; e.arm(ctx); begun = true {
		space := f.Space()
		n, err := c.Read(space)
		if !begun && isHello(space[:n]) {
			return errSpeaksTLS
		}
		f.Filled(n)
		give()
		if f.Bad > 0 {
			r.count.bad.Add(f.Bad)
			f.Bad = 0
		}
		if err != nil && (!errors.Is(err, os.ErrDeadlineExceeded) || !e.more(ctx)) {
			return err
		}
		if f.Crowded() {
			runtime.Gosched() // there is more, but a full read is a turn
		}
	}
	return io.EOF
}

// peerOf returns a connection's address, zero for unix sockets. The zone of a link-local
// one is left out, as with datagrams: no network that is allowed has one.
func peerOf(c net.Conn) netip.Addr {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// readDeadline gives a listener the deadline method of connections.
type readDeadline struct{ net.Listener }

// SetReadDeadline bounds Accept.
func (l readDeadline) SetReadDeadline(t time.Time) error {
	if d, ok := l.Listener.(interface{ SetDeadline(time.Time) error }); ok {
		return d.SetDeadline(t)
	}
	return l.Close()
}

// SyscallConn lets the kernel be asked what is in its queue.
func (l readDeadline) SyscallConn() (syscall.RawConn, error) {
	if c, ok := l.Listener.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// pause waits, no longer than ctx lives.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
