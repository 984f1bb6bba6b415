package receive

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// socketFile is the file of a unix socket we made.
type socketFile struct {
	path string
	made fs.FileInfo
}

// bindFile binds a unix socket in place of a stale one, then sets its file's
// owner and mode.
func (l Listener) bindFile(a Address) (*Receiver, error) {
	if err := removeStale(a); err != nil {
		return nil, err
	}
	r, err := l.bindUnix(a)
	if err != nil {
		return nil, err
	}
	if r.file, err = r.config.own(a.Target); err != nil {
		return nil, errors.Join(err, r.Close(), os.Remove(a.Target))
	}
	return r, nil
}

func (l Listener) bindUnix(a Address) (*Receiver, error) {
	at := &net.UnixAddr{Name: a.Target, Net: a.Network}
	if a.Network == "unixgram" {
		c, err := net.ListenUnixgram(a.Network, at)
		if err != nil {
			return nil, err
		}
		return l.datagrams(c)
	}
	s, err := net.ListenUnix(a.Network, at)
	if err != nil {
		return nil, err
	}
	s.SetUnlinkOnClose(false) // remove looks whose file it is
	return l.stream(a.Network, s)
}

// removeStale removes the socket file that a crash left behind: only a socket,
// and only when nobody listens on it.
func removeStale(a Address) error {
	info, err := os.Lstat(a.Target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("a file that is no socket is in the way: %w", fs.ErrExist)
	}
	const patience = time.Second
	c, err := net.DialTimeout(a.Network, a.Target, patience)
	if err == nil {
		return errors.Join(syscall.EADDRINUSE, c.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err // a socket of the other kind, or one we may not ask
	}
	return os.Remove(a.Target)
}

// own sets the socket file's owner and mode, and remembers it as ours.
func (l Listener) own(path string) (*socketFile, error) {
	uid, gid, err := lookUp(l.Owner)
	if err != nil {
		return nil, err
	}
	if l.Owner != "" {
		if err := os.Lchown(path, uid, gid); err != nil {
			return nil, err
		}
	}
	if err := os.Chmod(path, l.Mode); err != nil {
		return nil, err
	}
	info, err := os.Lstat(path)
	return &socketFile{path, info}, err
}

// remove removes the file unless somebody else has put one in its place.
func (f *socketFile) remove() {
	if f == nil {
		return
	}
	if now, err := os.Lstat(f.path); err == nil && os.SameFile(now, f.made) {
		_ = os.Remove(f.path)
	}
}

// lookUp finds the numbers of "user:group"; -1 leaves one as it is.
func lookUp(owner string) (uid, gid int, err error) {
	name, group, _ := strings.Cut(owner, ":")
	if uid, err = id(name, func() (string, error) {
		u, err := user.Lookup(name)
		if err != nil {
			return "", err
		}
		return u.Uid, nil
	}); err != nil {
		return 0, 0, fmt.Errorf("find user %q: %w", name, err)
	}
	if gid, err = id(group, func() (string, error) {
		g, err := user.LookupGroup(group)
		if err != nil {
			return "", err
		}
		return g.Gid, nil
	}); err != nil {
		return 0, 0, fmt.Errorf("find group %q: %w", group, err)
	}
	return uid, gid, nil
}

// id is a number already, or asks for the name's; -1 for no name.
func id(name string, ask func() (string, error)) (int, error) {
	if name == "" {
		return -1, nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 0 {
		return n, nil
	}
	found, err := ask()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(found)
}
