package receive

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The words SO_MEMINFO fills (linux/sock_diag.h), and which of them counts the
// datagrams that found no room.
const (
	meminfoWords = 9
	meminfoDrops = 8
)

// enoughQueued is how many datagrams a unix socket should hold for a burst; the
// kernel's own default is 10, and beyond it HAProxy drops its lines unseen by us.
const enoughQueued = 512

// enlarge gives a datagram socket the room that was asked for, or says how to.
func (r *Receiver) enlarge(s *socket) error {
	if isUnixgram(s.local) {
		r.warnOfQueue()
		return nil
	}
	got, err := enlargeBuffer(s.fd, r.config.ReadBuffer)
	if err == nil && got < r.config.ReadBuffer {
		r.config.Log.Warn("kernel gives a smaller receive buffer: bursts may be lost; raise sysctl net.core.rmem_max",
			"listener", r.String(), "wanted", r.config.ReadBuffer, "got", got)
	}
	s.crowd = got / crowdShare / perDatagram
	return err
}

// A datagram takes perDatagram bytes of the buffer at the most, if it is one HAProxy
// writes: it is charged the page and more that hold it (skb->truesize). So many of the
// crowdShare-th part of the buffer may come together before they are read.
const (
	perDatagram = 2304
	crowdShare  = 4
)

// warnOfQueue says when unix datagrams have little room: their number is limited,
// not their bytes, and only by what the sysctl was when the socket was made.
func (r *Receiver) warnOfQueue() {
	text, err := os.ReadFile("/proc/sys/net/unix/max_dgram_qlen")
	if err != nil {
		return // a container may hide it
	}
	if queued, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && queued < enoughQueued {
		r.config.Log.Warn("kernel queues few datagrams of a unix socket, senders drop what is more; raise sysctl net.unix.max_dgram_qlen",
			"listener", r.String(), "wanted", enoughQueued, "got", queued)
	}
}

// enlargeBuffer asks for so many bytes, beyond net.core.rmem_max when we may, and
// returns what it got.
func enlargeBuffer(fd, want int) (got int, err error) {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, want) != nil {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, want); err != nil {
			return 0, fmt.Errorf("set receive buffer: %w", err)
		}
	}
	doubled, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	return doubled / 2, err // the kernel keeps twice what it is told (socket(7))
}

// drops returns how many datagrams the kernel has dropped of those sent to s since it is ours.
// Its own count goes around at 2^32.
func (s *socket) drops() uint64 { return uint64(s.meminfo(meminfoDrops) - s.droppedBefore) }

// forgetDrops has drops begin at 0: the socket was somebody else's, and what was dropped then
// has been told, or was nobody's to tell.
func (s *socket) forgetDrops() { s.droppedBefore = s.meminfo(meminfoDrops) }

// meminfo returns a word of what the kernel says of the socket's memory, or 0.
func (s *socket) meminfo(word int) uint32 {
	var info [meminfoWords]uint32
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(s.fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return 0
	}
	return info[word]
}

// listenReuseport binds a UDP socket to an address that others bind, too (SO_REUSEPORT,
// socket(7)).
func listenReuseport(at string) (net.PacketConn, error) {
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

// steerBySource has the kernel choose the socket by the sender's address alone. Of itself it
// would look at the port, too, and HAProxy has one for each of its threads: the DOWN
// of one could then overtake the UP of another.
func steerBySource(sockets []*socket) error {
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
