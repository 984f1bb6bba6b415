package peer

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// freePort finds a loopback port that is free for TCP and UDP and stays so: it lies below
// the range from which the kernel gives ports to clients.
func freePort() (netip.AddrPort, error) {
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

// Sockets is what the kernel says of the sockets bound to a UDP port (/proc/net/udp).
type Sockets struct {
	Bound   int
	Waiting int64 // bytes in their buffers, as the kernel counts them
	Dropped int64 // datagrams that found the buffer full

	inodes []string // as /proc/PID/fd names them
}

// socketsOf reads the line of each socket that is bound to the port.
func socketsOf(port uint16) (Sockets, error) {
	table, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		return Sockets{}, err
	}
	return readSockets(string(table), port)
}

func readSockets(table string, port uint16) (Sockets, error) {
	var s Sockets
	suffix := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 13 || !strings.HasSuffix(fields[1], suffix) {
			continue
		}
		_, received, _ := strings.Cut(fields[4], ":")
		waiting, err := strconv.ParseInt(received, 16, 64)
		if err != nil {
			return s, fmt.Errorf("read socket table: %w", err)
		}
		dropped, err := strconv.ParseInt(fields[12], 10, 64)
		if err != nil {
			return s, fmt.Errorf("read socket table: %w", err)
		}
		s.Bound++
		s.inodes = append(s.inodes, "socket:["+fields[9]+"]")
		s.Waiting += waiting
		s.Dropped += dropped
	}
	return s, nil
}
