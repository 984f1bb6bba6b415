package receive

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
)

// Bound tells where a socket is bound that somebody else has opened.
func Bound(f *os.File) (Address, error) {
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
