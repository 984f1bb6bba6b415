package receive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"haproxy-alert/syslog/framing"
)

// The values of a Listener's fields that are zero.
const (
	// DefaultMaxFrame is HAProxy's longest log line (len 65535).
	DefaultMaxFrame = 64 << 10
	// LargestFrame is the most that MaxFrame can be: an octet count that says more is taken
	// for the beginning of a line (package framing).
	LargestFrame = 16 << 20
	// DefaultMaxConnections bounds the memory that peers can make us use.
	DefaultMaxConnections = 1024
	// DefaultIdleTimeout is long, since a healthy load balancer may be silent for
	// hours, and one that has its connection closed may lose a line. Keep-alives
	// find the peers that are gone.
	DefaultIdleTimeout = 24 * time.Hour
	// DefaultReadBuffer holds a burst of about 25,000 datagrams.
	DefaultReadBuffer = 8 << 20
	// MaxReaders bounds Readers: each has a ReadBuffer of the kernel's memory.
	MaxReaders = 64
	// DefaultMode is that of /dev/log: HAProxy writes as its own user. Who may
	// write is better said by the folder, or by Owner and Mode.
	DefaultMode fs.FileMode = 0o666
)

// Listener configures one socket; Open binds it.
type Listener struct {
	// Address is in the form of ParseAddress.
	Address string
	// MaxFrame bounds a frame, in bytes; of a longer one the beginning is kept. It is
	// LargestFrame at most.
	MaxFrame int
	// MaxConnections bounds the open connections of a stream; further ones are
	// closed at once.
	MaxConnections int
	// IdleTimeout closes a connection that has been silent for so long; negative
	// means never.
	IdleTimeout time.Duration
	// ReadBuffer is the kernel's buffer of a datagram socket, in bytes.
	ReadBuffer int
	// Readers is how many sockets share the datagrams of a UDP address, each with a
	// ReadBuffer and a goroutine of its own; 0 means 1, MaxReaders is the most. What
	// one address sends stays on one socket, so its order is kept: more than one
	// reader helps where many machines send.
	Readers int
	// Allow names the networks frames are taken from; none means all.
	Allow []netip.Prefix
	// Mode and Owner ("user", "user:group", ":group", names or numbers) are the
	// socket file's; Owner "" leaves it as it is created.
	Mode  fs.FileMode
	Owner string
	// TLS is for tls:// addresses only.
	TLS TLS
	// Log is told what someone should know; nil means nobody.
	Log *slog.Logger
}

// Open binds the socket. Its error says what was asked for and, where that helps,
// what to do.
func (l Listener) Open() (*Receiver, error) {
	a, err := ParseAddress(l.Address)
	if err != nil {
		return nil, err
	}
	if err := l.checkFrame(); err != nil {
		return nil, fmt.Errorf("listen %s: %w", a, err)
	}
	r, err := l.bind(a)
	if err != nil {
		return nil, fmt.Errorf("listen %s: %w", a, advised(a, err))
	}
	return r, nil
}

func (l Listener) checkFrame() error {
	if l.MaxFrame > LargestFrame {
		return fmt.Errorf("frames of %d bytes are too long, want %d at most", l.MaxFrame, LargestFrame)
	}
	return nil
}

func (l Listener) bind(a Address) (*Receiver, error) {
	var config net.ListenConfig
	// Multipath TCP gains a log stream nothing, and costs it socket options.
	config.SetMultipathTCP(false)
	ctx := context.Background()
	switch a.Network {
	case "udp":
		c, err := config.ListenPacket(ctx, a.Network, a.Target)
		if err != nil {
			return nil, err
		}
		if l.Readers > 1 {
			return l.shared(c)
		}
		return l.datagrams(c)
	case "tcp", "tls":
		s, err := config.Listen(ctx, "tcp", a.Target)
		if err != nil {
			return nil, err
		}
		return l.stream(a.Network, s)
	}
	return l.bindFile(a)
}

// Adopt makes a Receiver of a socket somebody else has bound, as systemd does
// for its socket units. It takes the file over, and leaves a socket's path to
// those who made it. Of Address only "tls://" counts.
func (l Listener) Adopt(f *os.File) (*Receiver, error) {
	defer func() { _ = f.Close() }() // the net package works on its own copy
	if err := l.checkFrame(); err != nil {
		return nil, fmt.Errorf("adopt socket %s: %w", f.Name(), err)
	}
	c, err := net.FilePacketConn(f)
	if err == nil {
		if isDatagram(c.LocalAddr()) {
			return l.adopted(c)
		}
		_ = c.Close() // the net package takes a unix stream for one, too
	}
	s, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("adopt socket %s: %w", f.Name(), err)
	}
	network, _, _ := strings.Cut(l.Address, "://")
	r, err := l.stream(network, s)
	if err != nil {
		return nil, fmt.Errorf("adopt socket %s: %w", s.Addr(), err)
	}
	return r, nil
}

func (l Listener) adopted(c net.PacketConn) (*Receiver, error) {
	r, err := l.datagrams(c)
	if err != nil {
		return nil, fmt.Errorf("adopt socket %s: %w", c.LocalAddr(), err)
	}
	for _, s := range r.sockets {
		s.forgetDrops()
	}
	return r, nil
}

// receiver is the part that every kind of socket has.
func (l Listener) receiver() *Receiver {
	l.MaxFrame = cmp.Or(max(0, l.MaxFrame), DefaultMaxFrame)
	l.MaxConnections = cmp.Or(max(0, l.MaxConnections), DefaultMaxConnections)
	l.IdleTimeout = cmp.Or(l.IdleTimeout, DefaultIdleTimeout)
	l.ReadBuffer = cmp.Or(max(0, l.ReadBuffer), DefaultReadBuffer)
	l.Mode = cmp.Or(l.Mode, DefaultMode)
	l.TLS.HandshakeTimeout = cmp.Or(max(0, l.TLS.HandshakeTimeout), DefaultHandshakeTimeout)
	if l.Log == nil {
		l.Log = slog.New(slog.DiscardHandler)
	}
	return &Receiver{config: l}
}

// stream takes the listener over, and closes it when its TLS files are wrong.
func (l Listener) stream(network string, s net.Listener) (*Receiver, error) {
	r := l.receiver()
	r.listener, r.large = s, framing.NewBuffers(r.config.MaxFrame)
	if network != "tls" {
		return r, nil
	}
	var err error
	if r.keys, err = newCertReloader(r.config.TLS, r.config.Log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return r, nil
}

// datagrams makes a Receiver of sockets bound to one address.
func (l Listener) datagrams(conns ...net.PacketConn) (*Receiver, error) {
	r := l.receiver()
	var err error
	for _, c := range conns {
		s, failed := newSocket(c)
		if err = errors.Join(err, failed); failed == nil {
			r.sockets = append(r.sockets, s)
			err = errors.Join(err, r.enlarge(s))
		}
	}
	if err != nil {
		return nil, errors.Join(err, r.closeSockets())
	}
	return r, nil
}

// shared makes a Receiver of Readers sockets bound to the address of c. That one was
// bound alone, so nobody else has the address; it goes, since all must say at once
// that they share it.
func (l Listener) shared(c net.PacketConn) (*Receiver, error) {
	at := c.LocalAddr().String()
	if err := c.Close(); err != nil {
		return nil, err
	}
	var conns []net.PacketConn
	for range min(l.Readers, MaxReaders) {
		c, err := listenReuseport(at)
		if err != nil {
			return nil, errors.Join(err, closeAll(conns))
		}
		conns = append(conns, c)
	}
	r, err := l.datagrams(conns...)
	if err != nil {
		return nil, err
	}
	if err := steerBySource(r.sockets); err != nil {
		return nil, errors.Join(fmt.Errorf("keep a sender's lines on one socket: %w", err), r.Close())
	}
	return r, nil
}

func closeAll(conns []net.PacketConn) (err error) {
	for _, c := range conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

// advised adds what to do about the error, where that is known.
func advised(a Address, err error) error {
	switch {
	case errors.Is(err, syscall.EACCES) && a.isIP():
		return fmt.Errorf("%w (a port below 1024 needs CAP_NET_BIND_SERVICE or a systemd socket; 5514 does not)", err)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w (another program listens there; `ss -lpn` names it)", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w (this machine does not have that address)", err)
	}
	return err
}
