//go:build !linux

package receive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
)

// socket is a datagram socket, read one datagram at a time.
type socket struct {
	conn  packets
	local net.Addr
}

// packets is what UDP and unixgram sockets have in common. Read it is, not
// ReadFrom, because that allocates an address.
type packets interface {
	net.PacketConn
	Read([]byte) (int, error)
	SetReadBuffer(int) error
}

// newSocket takes c over.
func newSocket(c net.PacketConn) (*socket, error) {
	p, ok := c.(packets)
	if !ok {
		return nil, errors.Join(fmt.Errorf("want a udp or unixgram socket, not %T", c), c.Close())
	}
	return &socket{p, c.LocalAddr()}, nil
}

func (s *socket) close() error { return s.conn.Close() }

// read hands over the datagrams, of at most most bytes each, until ctx ends and
// what had come by then is taken; after each read it calls settle.
func (s *socket) read(ctx context.Context, most int, take func(datagram), settle func()) error {
	e := drain{conn: s.conn}
	defer e.start(ctx)()
	room := make([]byte, most)
	for e.arm(ctx) {
		n, peer, err := s.readOne(room)
		switch {
		case err == nil:
			take(datagram{room[:n], peer, n == len(room)})
			settle()
		case errors.Is(err, os.ErrDeadlineExceeded) && e.more(ctx):
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		default:
			return err
		}
	}
	return nil
}

// readOne reads one datagram; neither way allocates.
func (s *socket) readOne(room []byte) (int, netip.Addr, error) {
	if c, ok := s.conn.(*net.UDPConn); ok {
		n, from, err := c.ReadFromUDPAddrPort(room)
		return n, from.Addr().Unmap().WithZone(""), err
	}
	n, err := s.conn.Read(room)
	return n, netip.Addr{}, err
}

// enlarge asks for the ReadBuffer; what was given cannot be told here.
func (r *Receiver) enlarge(s *socket) error {
	if err := s.conn.SetReadBuffer(r.config.ReadBuffer); err != nil {
		return fmt.Errorf("set receive buffer: %w", err)
	}
	return nil
}

// drops is not known on this system.
func (s *socket) drops() uint64 { return 0 }

// forgetDrops has nothing to forget on this system.
func (s *socket) forgetDrops() {}

// errAlone is why readers can be no more than one.
var errAlone = errors.New("only Linux keeps what a sender sends on one of several sockets: want 1 reader")

func listenReuseport(string) (net.PacketConn, error) { return nil, errAlone }

func steerBySource([]*socket) error { return errAlone }
