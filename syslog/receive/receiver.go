package receive

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/framing"
	"haproxy-alert/syslog/internal/scan"
)

// Receiver takes frames from one socket, or from the several of one address that
// share its datagrams.
type Receiver struct {
	config   Listener
	sockets  []*socket        // of datagrams, one a reader, or
	listener net.Listener     // a stream's
	large    *framing.Buffers // for its connections
	keys     *certReloader    // of one that speaks TLS, or nil
	file     *socketFile      // of the unix socket we made, or nil
	count    counters

	handshakes handshakeLog
}

// Sink takes the frames of a Receiver. Streams call it from one goroutine per
// connection, several at a time. It may block: the receiver then reads no more,
// and the kernel's buffer takes what comes.
type Sink func(syslog.Frame)

// Run gives the frames to sink until ctx ends. Then it accepts nothing new, goes
// on with what had already reached this machine (drainTime at most), closes the
// socket and returns when all its goroutines have. It runs once.
//
// Its error is nil when ctx ended it.
func (r *Receiver) Run(ctx context.Context, sink Sink) error {
	if r.sockets != nil {
		return r.runPackets(ctx, sink)
	}
	return r.runStream(ctx, sink)
}

// Close closes a receiver that does not run.
func (r *Receiver) Close() error {
	err := r.closeSockets()
	if r.listener != nil {
		err = r.listener.Close()
	}
	r.file.remove()
	return err
}

func (r *Receiver) closeSockets() (err error) {
	for _, s := range r.sockets {
		err = errors.Join(err, s.close())
	}
	return err
}

// Lossy tells whether what is not read in time is lost, as with datagrams: the senders
// of a stream wait.
func (r *Receiver) Lossy() bool { return r.sockets != nil }

// Addr returns the bound address: with the port the system chose for port 0.
func (r *Receiver) Addr() net.Addr {
	if r.sockets != nil {
		return r.sockets[0].local
	}
	return r.listener.Addr()
}

// String returns the bound address in the form of ParseAddress.
func (r *Receiver) String() string {
	a := r.Addr()
	if r.keys != nil {
		return "tls://" + a.String()
	}
	return a.Network() + "://" + a.String()
}

// allows tells whether frames are taken from the peer. A unix socket's peers have
// no address: its mode judges them.
func (r *Receiver) allows(peer netip.Addr) bool {
	if len(r.config.Allow) == 0 || !peer.IsValid() {
		return true
	}
	for _, p := range r.config.Allow {
		if p.Contains(peer) {
			return true
		}
	}
	r.count.refused.Add(1)
	return false
}

// Stats counts what a Receiver took and what it did not, since it was opened.
type Stats struct {
	// Frames and Bytes were given to the Sink. They are counted once a read, so those
	// of a read that a slow Sink holds up are not among them yet.
	Frames, Bytes uint64
	// Cut frames were longer than MaxFrame; they are among Frames.
	Cut uint64
	// Bad counts the places where a stream's framing broke: what stood there, up
	// to the next line, was dropped.
	Bad uint64
	// Refused datagrams and connections came from outside of Allow.
	Refused uint64
	// Dropped datagrams were thrown away by the kernel, our buffer being full
	// (SO_MEMINFO, refreshed once a second; Linux, UDP). Those of an adopted socket count
	// from then on.
	Dropped uint64
	// Connections are open now, Accepted so far, TooMany were turned away at
	// MaxConnections, Idle closed after IdleTimeout.
	Connections, Accepted, TooMany, Idle uint64
	// Handshakes of TLS failed, or came where it is not spoken. Those connections are among Accepted, and while they
	// last among Connections.
	Handshakes uint64
}

type counters struct {
	frames, bytes, cut, bad, refused, dropped atomic.Uint64
	connections                               atomic.Int64
	accepted, tooMany, idle, handshakes       atomic.Uint64
}

// Stats returns the counters of now. It may be called at any time.
func (r *Receiver) Stats() Stats {
	c := &r.count
	return Stats{
		Frames: c.frames.Load(), Bytes: c.bytes.Load(), Cut: c.cut.Load(), Bad: c.bad.Load(),
		Refused: c.refused.Load(), Dropped: c.dropped.Load(),
		Connections: uint64(max(0, c.connections.Load())), Accepted: c.accepted.Load(),
		TooMany: c.tooMany.Load(), Idle: c.idle.Load(), Handshakes: c.handshakes.Load(),
	}
}

// sinkWriter hands the frames of one reader to the Sink. What a read brought it counts by
// itself and adds to the Receiver's counters once, since all readers share those. It
// belongs to the one goroutine that reads.
type sinkWriter struct {
	count *counters
	sink  Sink
	most  int // the longest frame

	peer               netip.Addr // of the last frame of this read
	frames, bytes, cut uint64     // of this read
}

func (r *Receiver) sinkWriter(sink Sink) sinkWriter {
	return sinkWriter{count: &r.count, sink: sink, most: r.config.MaxFrame}
}

// give hands a frame over, without line end and padding; nothing is left of an empty
// line.
func (g *sinkWriter) give(data []byte, peer netip.Addr, cut bool) {
	data = data[:scan.TrimmedEnd(data)]
	if len(data) == 0 {
		return
	}
	if len(data) > g.most {
		data, cut = data[:g.most], true
	}
	first := g.frames == 0 || peer != g.peer
	g.peer = peer
	g.frames++
	g.bytes += uint64(len(data))
	if cut {
		g.cut++
	}
	g.sink(syslog.Frame{Data: data, Peer: peer, Cut: cut, First: first})
}

// settle ends a read: its frames are counted for all to see.
func (g *sinkWriter) settle() {
	if g.frames == 0 {
		return
	}
	g.count.frames.Add(g.frames)
	g.count.bytes.Add(g.bytes)
	if g.cut > 0 {
		g.count.cut.Add(g.cut)
	}
	g.frames, g.bytes, g.cut = 0, 0, 0
}
