package control

import "syscall"

// private takes rights away from the socket before it has a name: bind gives its file
// the rights of the socket, so that nobody else can connect before Chmod.
func private(_, _ string, c syscall.RawConn) error {
	var err error
	if failed := c.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), 0o600) }); failed != nil {
		return failed
	}
	return err
}
