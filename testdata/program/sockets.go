package program

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Sockets is what the kernel says of the sockets bound to a UDP port (proc_net_udp(5)).
type Sockets struct {
	Bound   int
	Waiting int64 // bytes in their buffers, as the kernel counts them
	Dropped int64 // datagrams that found the buffer full
	// Links are the sockets' names in /proc/PID/fd.
	Links []string
}

// SocketsOf reads the line of each socket that is bound to the port. To try and bind it
// would race with whoever is about to.
func SocketsOf(port uint16) (Sockets, error) {
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
		s.Links = append(s.Links, "socket:["+fields[9]+"]")
		s.Waiting += waiting
		s.Dropped += dropped
	}
	return s, nil
}
