package logfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipeRoom is what a pipe may hold: all that everybody may have (pipe-max-size in
// pipe(7)), so that its writer and we change places sixteen times less often.
const pipeRoom = 1 << 20

// widen gives a pipe that is read room; it is no loss when the kernel will not, or the
// file is none.
func widen(f *os.File) {
	c, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = c.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeRoom) })
}
