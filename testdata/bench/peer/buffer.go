package peer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// buffer is what each receiver's UDP sockets are given, in bytes. rsyslog and
// haproxy-alert take it themselves; syslog-ng gets no more than net.core.rmem_max.
const buffer = 8 << 20

// evenBuffers gives each UDP socket of the process the buffer, when it has less. That
// takes root, as it does for the program itself.
func (r *Receiver) evenBuffers() error {
	sockets, err := r.sockets()
	if err != nil {
		return err
	}
	pidfd, err := unix.PidfdOpen(r.PID, 0)
	if err != nil {
		return os.NewSyscallError("pidfd_open", err)
	}
	defer unix.Close(pidfd)
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", r.PID))
	for _, link := range fds {
		var number int
		name, gone := os.Readlink(link)
		if gone != nil || !slices.Contains(sockets.Links, name) {
			continue
		}
		if _, err := fmt.Sscan(filepath.Base(link), &number); err != nil {
			return err
		}
		if err := evenBuffer(pidfd, number); err != nil {
			return fmt.Errorf("%s: enlarge buffer: %w", r.Name, err)
		}
	}
	return err
}

// evenBuffer enlarges the buffer of another process' socket.
func evenBuffer(pidfd, number int) error {
	fd, err := unix.PidfdGetfd(pidfd, number, 0)
	if err != nil {
		return os.NewSyscallError("pidfd_getfd", err)
	}
	defer unix.Close(fd)
	const doubled = 2 // the kernel grants twice what is asked, and says so (socket(7))
	if granted, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF); err != nil || granted >= doubled*buffer {
		return err
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffer)
	if errors.Is(err, unix.EPERM) {
		return nil // all of them have what the kernel grants to users
	}
	return err
}
