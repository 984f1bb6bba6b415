package receive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// socket is a datagram socket that is waited for here and not by Go's poller: that
// is woken by every datagram, also while we let some come together, and where many
// come being woken costs more than all else.
type socket struct {
	fd    int
	local net.Addr
	// crowd is how many datagrams may have come together for us to let more do so:
	// more would be too large a part of what the kernel holds.
	crowd int
}

// newSocket takes c over.
func newSocket(c net.PacketConn) (*socket, error) {
	defer func() { _ = c.Close() }() // we work on a copy
	s := &socket{fd: -1, local: c.LocalAddr()}
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { s.fd, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) })
	if err = errors.Join(err, failed); err != nil {
		return nil, fmt.Errorf("copy socket: %w", err)
	}
	return s, nil
}

// close closes the socket, once.
func (s *socket) close() error {
	if s.fd < 0 {
		return net.ErrClosed
	}
	err := unix.Close(s.fd)
	s.fd = -1
	return os.NewSyscallError("close", err)
}

// read hands over the datagrams, of at most most bytes each, until ctx ends and
// what had come by then is taken; after each read it calls settle.
func (s *socket) read(ctx context.Context, most int, take func(datagram), settle func()) error {
	b, err := newBatch(most)
	if err != nil {
		return fmt.Errorf("make room for datagrams: %w", err)
	}
	defer b.free()
	w, err := newWait(ctx, s.fd)
	if err != nil {
		return err
	}
	defer w.close()
	hurry()
	g := gathering{crowd: s.crowd}
	for more := true; more && err == nil; {
		n, failed := b.receive(s.fd)
		if failed != nil && !errors.Is(failed, unix.EAGAIN) && !errors.Is(failed, unix.EINTR) {
			return os.NewSyscallError("recvmmsg", failed)
		}
		for i := range n {
			take(b.at(i))
		}
		settle()
		switch {
		case n == batchSize: // and more is there
			more = w.goesOn(ctx)
		case ctx.Err() == nil && g.goesOn(n, time.Now()):
			nap(gatherTime)
		default:
			more, err = w.forMore(ctx)
		}
	}
	return err
}

// wait is how a reader waits for a datagram, or for the end of ctx.
type wait struct {
	fds   [2]unix.PollFd // the socket, and an eventfd that ctx's end makes readable
	stop  func() bool
	until time.Time // the end of draining, once it has begun
}

func newWait(ctx context.Context, fd int) (*wait, error) {
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("eventfd", err)
	}
	w := &wait{fds: [2]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(event), Events: unix.POLLIN}}}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(woken)
		_, _ = unix.Write(event, []byte{7: 1})
	})
	w.stop = func() bool {
		if stop() {
			return true
		}
		<-woken // it must not write to what has this number next
		return false
	}
	return w, nil
}

func (w *wait) close() {
	w.stop()
	_ = unix.Close(int(w.fds[1].Fd))
}

// forMore waits for a datagram and reports whether there may be one: always while
// ctx lives, and after it until none has come for drainGap.
func (w *wait) forMore(ctx context.Context) (bool, error) {
	fds, patience := w.fds[:], -1
	if ctx.Err() != nil {
		if !w.goesOn(ctx) {
			return false, nil
		}
		fds, patience = w.fds[:1], int(drainGap/time.Millisecond)
	}
	ready, err := unix.Poll(fds, patience)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return false, os.NewSyscallError("poll", err)
	}
	return ready != 0, nil
}

// goesOn reports whether reading goes on: for drainTime after ctx has ended.
func (w *wait) goesOn(ctx context.Context) bool {
	if ctx.Err() == nil {
		return true
	}
	if w.until.IsZero() {
		w.until = time.Now().Add(drainTime)
	}
	return time.Now().Before(w.until)
}

// readerNice is the priority of who reads datagrams, from 19, the least, to -20. He
// needs little of a processor, but soon: what comes while others have all of them waits
// in the kernel's buffer, and what is more is lost. Of 2,000,000 datagrams, sent as fast
// as may be on two processors with eight busy programs, 2.6 % were lost with -10, and 14
// to 33 with 0.
const readerNice = -10

// hurry has the calling goroutine's thread run before others, if we may (CAP_SYS_NICE).
// The thread ends with the goroutine.
func hurry() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), readerNice)
}

// nap sleeps in the kernel, not in Go's scheduler, whose timers wake a second thread.
func nap(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil)
}
