package receive

import "sync/atomic"

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
	// (SO_MEMINFO, refreshed once a second; Linux, UDP).
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
