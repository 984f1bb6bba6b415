package receive

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/framing"
)

// Receiver takes frames from one socket, or from the several of one address that
// share its datagrams.
type Receiver struct {
	config   Listener
	sockets  []*socket        // of datagrams, one a reader, or
	listener net.Listener     // a stream's
	large    *framing.Buffers // for its connections
	keys     *keyring         // of one that speaks TLS, or nil
	file     *socketFile      // of the unix socket we made, or nil
	count    counters

	strangers strangers
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
