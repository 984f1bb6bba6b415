package syslog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const (
	// maxDatagram is more than any UDP datagram holds.
	maxDatagram = 64 << 10
	// dropsEvery is how often the kernel is asked what it dropped, warnEvery how
	// often at most that is said.
	dropsEvery = time.Second
	warnEvery  = time.Minute
)

// runPackets reads datagrams, and beside it watches what the kernel drops.
func (r *Receiver) runPackets(ctx context.Context, sink Sink) error {
	var watch sync.WaitGroup
	watching, done := context.WithCancel(context.Background())
	watch.Go(func() { r.watchDrops(watching) })
	err := r.readPackets(ctx, sink)
	done()
	watch.Wait()
	return errors.Join(err, r.Close())
}

func (r *Receiver) readPackets(ctx context.Context, sink Sink) error {
	e := ending{conn: r.packets}
	defer e.start(ctx)()
	buf := make([]byte, max(maxDatagram, r.config.MaxFrame)+1)
	g := r.giver(sink)
	for e.arm(ctx) {
		n, peer, err := r.readPacket(buf)
		switch {
		case err == nil:
			r.split(&g, buf[:n], peer, n == len(buf))
			g.settle()
		case errors.Is(err, os.ErrDeadlineExceeded) && e.more(ctx):
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		default:
			return fmt.Errorf("read %s: %w", r, err)
		}
	}
	return nil
}

// readPacket reads one datagram; neither way allocates.
func (r *Receiver) readPacket(buf []byte) (int, netip.Addr, error) {
	if c, ok := r.packets.(*net.UDPConn); ok {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		return n, from.Addr().Unmap(), err
	}
	n, err := r.packets.Read(buf)
	return n, netip.Addr{}, err
}

// split gives every line of a datagram: HAProxy sends one, relays may send more.
// A datagram that filled the buffer may have lost its end.
func (r *Receiver) split(g *giver, data []byte, peer netip.Addr, full bool) {
	if !r.allows(peer) {
		return
	}
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		g.give(line, peer, full && len(rest) == 0)
		data = rest
	}
}

// watchDrops keeps Stats.Dropped up to date and says when it grows.
func (r *Receiver) watchDrops(ctx context.Context) {
	tick := time.NewTicker(dropsEvery)
	defer tick.Stop()
	var told uint64
	var last time.Time
	for {
		dropped := r.drops()
		r.count.dropped.Store(dropped)
		if now := time.Now(); dropped > told && now.Sub(last) >= warnEvery {
			r.config.Log.Warn("kernel dropped datagrams: the receive buffer was full",
				"listener", r.String(), "dropped", dropped-told, "total", dropped)
			told, last = dropped, now
		}
		select {
		case <-ctx.Done():
			r.count.dropped.Store(r.drops())
			return
		case <-tick.C:
		}
	}
}
