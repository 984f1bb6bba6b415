//go:build unix

package receive

import (
	"errors"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// readable reports whether the kernel has something for who reads the connection, or accepts
// from the listener: bytes, the end of a stream, another connection.
func readable(conn any) bool {
	if s, ok := conn.(interface{ NetConn() net.Conn }); ok { // of TLS
		conn = s.NetConn()
	}
	c, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	ready := 0
	_ = raw.Control(func(fd uintptr) { // which no deadline hinders
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for ready, err = unix.Poll(fds, 0); errors.Is(err, unix.EINTR); {
			ready, err = unix.Poll(fds, 0)
		}
	})
	return ready > 0
}
