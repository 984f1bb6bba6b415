package receive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Address is where a Listener listens.
type Address struct {
	// Network is "udp", "tcp", "tls", "unix" (a stream) or "unixgram".
	Network string
	// Target is host:port for udp, tcp and tls, else the socket file's path.
	Target string
}

// String returns the address as ParseAddress reads it.
func (a Address) String() string { return a.Network + "://" + a.Target }

// isIP tells an address with a port from a file's.
func (a Address) isIP() bool { return a.Network == "udp" || a.Network == "tcp" || a.Network == "tls" }

// ParseAddress reads "udp://127.0.0.1:5514", "tcp://[::]:514" (an empty host
// means every address), "tls://:6514", "unix:///run/x.sock" or
// "unixgram:///run/x.sock".
func ParseAddress(s string) (Address, error) {
	network, target, ok := strings.Cut(s, "://")
	if !ok {
		return Address{}, fmt.Errorf("read address %q: want a scheme, as in udp://127.0.0.1:5514", s)
	}
	var err error
	switch network {
	case "udp", "tcp", "tls":
		err = checkHostPort(target)
	case "unix", "unixgram":
		err = checkPath(target)
	default:
		err = fmt.Errorf("unknown scheme %q, want udp, tcp, tls, unix or unixgram", network)
	}
	if err != nil {
		return Address{}, fmt.Errorf("read address %q: %w", s, err)
	}
	return Address{network, target}, nil
}

func checkHostPort(target string) error {
	_, port, err := net.SplitHostPort(target)
	if err != nil {
		return errors.New("want host:port, an IPv6 address in brackets")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("want a port from 0 to 65535, not %q", port)
	}
	return nil
}

// maxSocketPath is the room for a path in sockaddr_un, less the final NUL
// (unix(7)); the kernel's own error would only say "invalid argument".
const maxSocketPath = 107

func checkPath(target string) error {
	switch {
	case !filepath.IsAbs(target):
		return fmt.Errorf("want an absolute path, with three slashes: %q", target)
	case strings.HasSuffix(target, "/"):
		return fmt.Errorf("want the path of a file, not of a folder: %q", target)
	case len(target) > maxSocketPath:
		return fmt.Errorf("path has %d bytes, a socket's may have %d", len(target), maxSocketPath)
	}
	return nil
}

// Inherited tells where a socket is bound that somebody else has opened.
func Inherited(f *os.File) (Address, error) {
	c, err := net.FilePacketConn(f)
	if err == nil {
		defer func() { _ = c.Close() }() // a copy
		if at := c.LocalAddr(); isDatagram(at) {
			return Address{at.Network(), at.String()}, nil
		}
	}
	s, err := net.FileListener(f)
	if err != nil {
		return Address{}, fmt.Errorf("look at socket %s: %w", f.Name(), err)
	}
	defer func() { _ = s.Close() }()
	return Address{s.Addr().Network(), s.Addr().String()}, nil
}

// Fits reports whether a socket that is bound at the other address is one that a asks
// for. TLS goes over TCP; no host asks for every address, and a name for one of its own.
func (a Address) Fits(bound Address) bool {
	network := a.Network
	if network == "tls" {
		network = "tcp"
	}
	if network != bound.Network || !a.isIP() {
		return network == bound.Network && a.Target == bound.Target
	}
	host, port, err := net.SplitHostPort(a.Target)
	at, boundErr := netip.ParseAddrPort(bound.Target)
	if cmp.Or(err, boundErr) != nil || port != fmt.Sprint(at.Port()) {
		return false
	}
	if host == "" {
		return at.Addr().IsUnspecified()
	}
	return slices.Contains(addressesOf(host), at.Addr().Unmap())
}

// addressesOf returns those a name stands for; an address stands for itself.
func addressesOf(host string) []netip.Addr {
	all, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip", host)
	if err != nil {
		return nil // to bind it will say why
	}
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all
}

func isDatagram(a net.Addr) bool { return a.Network() == "udp" || isUnixgram(a) }

func isUnixgram(a net.Addr) bool { return a.Network() == "unixgram" }
