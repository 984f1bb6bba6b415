package program

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
)

// FreePort finds a loopback port that is free for TCP and UDP and stays so until it is
// released: it lies below the range from which the kernel gives ports to clients, and
// nobody else who asks here gets it, of this program or of another.
func FreePort() (addr netip.AddrPort, release func(), err error) {
	const lowest, highest = 10240, 32767
	for range 1000 {
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(lowest+rand.N(highest-lowest+1)))
		release, err := reserve(addr.Port())
		if err != nil {
			continue
		}
		if isFree(addr) {
			return addr, release, nil
		}
		release()
	}
	return netip.AddrPort{}, nil, errors.New("find a free port: none in 1000 tries")
}

// reserve takes the name that stands for the port, an abstract one (unix(7)): it goes with
// the process that has it.
func reserve(port uint16) (release func(), err error) {
	l, err := net.Listen("unix", fmt.Sprintf("@haproxy-alert/test-port/%d", port))
	if err != nil {
		return nil, err
	}
	return func() { _ = l.Close() }, nil
}

func isFree(addr netip.AddrPort) bool {
	tcp, err := net.Listen("tcp", addr.String())
	if err != nil {
		return false
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", addr.String())
	if err != nil {
		return false
	}
	return udp.Close() == nil
}
