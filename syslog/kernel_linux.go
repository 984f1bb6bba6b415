package syslog

import (
	"fmt"
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
func (r *Receiver) enlarge() error {
	if r.Addr().Network() == "unixgram" {
		r.warnOfQueue()
		return nil
	}
	return r.enlargeBuffer()
}

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

// enlargeBuffer sets ReadBuffer, beyond net.core.rmem_max when we may.
func (r *Receiver) enlargeBuffer() error {
	want, got := r.config.ReadBuffer, 0
	err := r.control(func(fd int) error {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, want) != nil {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, want); err != nil {
				return fmt.Errorf("set receive buffer: %w", err)
			}
		}
		doubled, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
		got = doubled / 2 // the kernel keeps twice what it is told (socket(7))
		return err
	})
	if err == nil && got < want {
		r.config.Log.Warn("kernel gives a smaller receive buffer: bursts may be lost; raise sysctl net.core.rmem_max",
			"listener", r.String(), "wanted", want, "got", got)
	}
	return err
}

// drops returns how many datagrams the kernel has dropped; after the socket was
// closed, the last number known.
func (r *Receiver) drops() uint64 {
	dropped := r.count.dropped.Load()
	_ = r.control(func(fd int) error {
		var info [meminfoWords]uint32
		size := uint32(unsafe.Sizeof(info))
		_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
		if errno == 0 {
			dropped = uint64(info[meminfoDrops])
		}
		return nil
	})
	return dropped
}

// control runs f on the descriptor of the datagram socket.
func (r *Receiver) control(f func(fd int) error) error {
	c, ok := r.packets.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var ferr error
	if err := raw.Control(func(fd uintptr) { ferr = f(int(fd)) }); err != nil {
		return err
	}
	return ferr
}
