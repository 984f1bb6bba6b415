package receive

import (
	"context"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// listenShared binds a UDP socket to an address that others bind, too (SO_REUSEPORT,
// socket(7)).
func listenShared(at string) (net.PacketConn, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var failed error
		if err := raw.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}); err != nil {
			return err
		}
		return failed
	}}
	return config.ListenPacket(context.Background(), "udp", at)
}

// Where a packet's words stand, for a filter (linux/filter.h): SKF_NET_OFF leads to
// the IP header, of which these are the version, and the source in IPv4 (RFC 791) and
// the lower half of it in IPv6 (RFC 8200).
const (
	netOffset = 0xfff00000
	version   = netOffset + 0
	source4   = netOffset + 12
	source6   = netOffset + 16
)

// steer has the kernel choose the socket by the sender's address alone. Of itself it
// would look at the port, too, and HAProxy has one for each of its threads: the DOWN
// of one could then overtake the UP of another.
func steer(sockets []*socket) error {
	const load, mod = unix.BPF_LD | unix.BPF_ABS, unix.BPF_ALU | unix.BPF_MOD | unix.BPF_K
	program := []unix.SockFilter{
		{Code: load | unix.BPF_B, K: version},
		{Code: unix.BPF_ALU | unix.BPF_RSH | unix.BPF_K, K: 4},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 4, Jf: 2},
		{Code: load | unix.BPF_W, K: source4},
		{Code: unix.BPF_JMP | unix.BPF_JA, K: 4},
		{Code: load | unix.BPF_W, K: source6},
		{Code: unix.BPF_MISC | unix.BPF_TAX},
		{Code: load | unix.BPF_W, K: source6 + 4},
		{Code: unix.BPF_ALU | unix.BPF_XOR | unix.BPF_X},
		{Code: mod, K: uint32(len(sockets))},
		{Code: unix.BPF_RET | unix.BPF_A},
	}
	return unix.SetsockoptSockFprog(sockets[0].fd, unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}
