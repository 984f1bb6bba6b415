package receive

import (
	"net/netip"
	"testing"
	"time"
)

// TestStrangers: each peer is told of once in warnEvery, whoever else fails, and not
// more than so many of them.
func TestStrangers(t *testing.T) {
	var s handshakeLog
	now := time.Now()
	scanner, balancer := netip.MustParseAddr("192.0.2.66"), netip.MustParseAddr("192.0.2.1")
	for _, c := range []struct {
		peer  netip.Addr
		after time.Duration
		want  bool
	}{{scanner, 0, true}, {scanner, time.Second, false}, {balancer, 0, true}, {scanner, warnEvery, true}, {balancer, 0, true}} {
		now = now.Add(c.after)
		if got := s.mayTell(c.peer, now); got != c.want {
			t.Errorf("%s told of: %v, want %v", c.peer, got, c.want)
		}
	}
	for k := range 2 * maxLogged {
		s.mayTell(netip.AddrFrom4([4]byte{10, 0, 0, byte(k)}), now)
	}
	if len(s.told) != maxLogged {
		t.Errorf("%d peers are remembered", len(s.told))
	}
}
