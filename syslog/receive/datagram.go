package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxDatagram is more than any UDP datagram holds, maxUnixDatagram than a unix one,
	// which its sender's buffer bounds: that has 208 KiB of itself.
	maxDatagram     = 64 << 10
	maxUnixDatagram = 1 << 20
	// dropsEvery is how often the kernel is asked what it dropped.
	dropsEvery = time.Second
)

// datagram is what one system call took from one sender. It is valid until the reader
// reads on.
type datagram struct {
	data []byte
	peer netip.Addr
	full bool // it was longer than the room for it
}

// runPackets reads datagrams, one goroutine a socket, and beside it asks
// for what the kernel drops. When one reader fails all end: their senders would not be heard.
func (r *Receiver) runPackets(ctx context.Context, sink Sink) error {
	var watch, readers sync.WaitGroup
	watching, done := context.WithCancel(context.Background())
	watch.Go(func() { r.watchDrops(watching) })
	reading, end := context.WithCancel(ctx)
	errs := make([]error, len(r.sockets))
	for i, s := range r.sockets {
		readers.Go(func() {
			defer end()
			errs[i] = r.readPackets(reading, s, sink)
		})
	}
	readers.Wait()
	end()
	done()
	watch.Wait()
	return errors.Join(append(errs, r.Close())...)
}

func (r *Receiver) readPackets(ctx context.Context, s *socket, sink Sink) error {
	g := r.sinkWriter(sink)
	take := func(d datagram) { r.split(&g, d) }
	if err := s.read(ctx, r.datagramRoom(), take, g.settle); err != nil {
		return fmt.Errorf("read %s: %w", r, err)
	}
	return nil
}

// datagramRoom is the room for one datagram: a byte more than the longest, of which it is
// then known that it was longer.
func (r *Receiver) datagramRoom() int {
	longest := maxDatagram
	if isUnixgram(r.Addr()) {
		longest = min(max(maxDatagram, r.config.MaxFrame), maxUnixDatagram)
	}
	return longest + 1
}

// split gives every line of a datagram: HAProxy sends one, relays may send more.
// What was longer than its room has lost its end.
func (r *Receiver) split(g *sinkWriter, d datagram) {
	if !r.allows(d.peer) {
		return
	}
	for len(d.data) > 0 {
		line, rest, _ := bytes.Cut(d.data, []byte{'\n'})
		g.give(line, d.peer, d.full && len(rest) == 0)
		d.data = rest
	}
}

// watchDrops keeps Stats.Dropped up to date.
func (r *Receiver) watchDrops(ctx context.Context) {
	tick := time.NewTicker(dropsEvery)
	defer tick.Stop()
	for {
		r.count.dropped.Store(r.drops())
		select {
		case <-ctx.Done():
			r.count.dropped.Store(r.drops())
			return
		case <-tick.C:
		}
	}
}

// drops returns how many datagrams the kernel has dropped so far.
func (r *Receiver) drops() uint64 {
	var all uint64
	for _, s := range r.sockets {
		all += s.drops()
	}
	return all
}

// coalesceTime is how long datagrams may come together before they are read.
const coalesceTime = time.Millisecond

// coalescer decides when to let datagrams come together: where they come faster than
// one a coalesceTime. Then a reader is woken 1,000 times a second at the most, however
// many come, and no line waits longer than coalesceTime for it.
type coalescer struct {
	crowd int // what may have come together, not to come near what the kernel holds
	last  time.Time
}

// goesOn reports whether to let more come together, after n were read that were all.
func (g *coalescer) goesOn(n int, now time.Time) bool {
	busy := n > 0 && n <= g.crowd && now.Sub(g.last) < 2*coalesceTime
	g.last = now
	return busy
}
