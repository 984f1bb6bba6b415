package program

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
)

// FreePort finds a loopback port that is free for TCP and UDP and stays so: it lies below
// the range from which the kernel gives ports to clients.
func FreePort() (netip.AddrPort, error) {
	const lowest, highest = 10240, 32767
	for range 1000 {
		port := lowest + rand.N(highest-lowest+1)
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
		if isFree(addr) {
			return addr, nil
		}
	}
	return netip.AddrPort{}, errors.New("find a free port: none in 1000 tries")
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
