package load

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batch is how many datagrams one system call sends at the most.
const batch = 64

// A Sender sends lines as datagrams from one socket, as one HAProxy does.
type Sender struct {
	Lines Lines
	To    netip.AddrPort
	// Rate is in datagrams a second; 0: as fast as the kernel takes them.
	Rate int
}

// message is struct mmsghdr.
type message struct {
	header unix.Msghdr
	sent   uint32
}

// Send sends n datagrams, Lines again and again, and returns how long that took.
func (s Sender) Send(n int) (time.Duration, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(s.To.Port()), Addr: s.To.Addr().As4()}); err != nil {
		return 0, os.NewSyscallError("connect", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := time.Now()
	if err := s.send(fd, n, began); err != nil {
		return 0, fmt.Errorf("send datagrams: %w", err)
	}
	return time.Since(began), nil
}

func (s Sender) send(fd, n int, began time.Time) error {
	var vectors [batch]unix.Iovec
	var messages [batch]message
	for i := range messages {
		messages[i].header.Iov = &vectors[i]
		messages[i].header.SetIovlen(1)
	}
	for sent := 0; sent < n; {
		k := min(batch, n-sent, s.due(sent, began))
		for i := range k {
			line := s.Lines.All[(sent+i)%len(s.Lines.All)]
			vectors[i].Base = unsafe.SliceData(line)
			vectors[i].SetLen(len(line))
		}
		taken, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&messages[0])), uintptr(k), 0, 0, 0)
		switch {
		case errors.Is(errno, unix.EINTR) || errors.Is(errno, unix.ENOBUFS):
		case errno != 0:
			return os.NewSyscallError("sendmmsg", errno)
		default:
			sent += int(taken)
		}
	}
	return nil
}

// due waits until the next datagrams are due by the rate, and returns how many.
func (s Sender) due(sent int, began time.Time) int {
	if s.Rate == 0 {
		return batch
	}
	for {
		due := int(time.Since(began).Seconds()*float64(s.Rate)) + 1 - sent
		if due > 0 {
			return due
		}
		time.Sleep(time.Duration(1-due) * time.Second / time.Duration(s.Rate))
	}
}
