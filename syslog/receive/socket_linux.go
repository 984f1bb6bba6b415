package receive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

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
	// droppedBefore is how many datagrams the kernel had dropped when the socket became ours.
	droppedBefore uint32
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
	raisePriority()
	g := coalescer{crowd: s.crowd}
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
			sleep(coalesceTime)
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

// raisePriority has the calling goroutine's thread run before others, if we may (CAP_SYS_NICE).
// The thread ends with the goroutine.
func raisePriority() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), readerNice)
}

// sleep sleeps in the kernel, not in Go's scheduler, whose timers wake a second thread.
func sleep(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil)
}

// batchSize is how many datagrams one system call takes at the most.
const batchSize = 128

// batch is room for the datagrams of one recvmmsg(2). The room of each is that of
// the longest there is, but what was never written to takes no memory.
type batch struct {
	headers [batchSize]mmsghdr
	places  [batchSize]unix.Iovec
	peers   [batchSize]unix.RawSockaddrInet6 // of the larger of the two kinds
	room    []byte
}

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	unix.Msghdr
	length uint32
}

// newBatch makes a batch whose datagrams have at most most bytes. Its room is not
// the collector's: so much that is never used would only mislead it.
func newBatch(most int) (*batch, error) {
	room, err := unix.Mmap(-1, 0, batchSize*most, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	_ = unix.Madvise(room, unix.MADV_NOHUGEPAGE) // a huge page a datagram is what it would come to
	b := &batch{room: room}
	for i := range b.headers {
		h, place := &b.headers[i], &b.places[i]
		place.Base = &room[i*most]
		place.SetLen(most)
		h.Iov = place
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&b.peers[i]))
	}
	return b, nil
}

// free gives the room back. No datagram of it is valid afterwards.
func (b *batch) free() { _ = unix.Munmap(b.room) }

// receive takes what the socket holds, without waiting: EAGAIN says it holds nothing.
func (b *batch) receive(fd int) (n int, err error) {
	for i := range b.headers {
		b.headers[i].Namelen = uint32(unsafe.Sizeof(b.peers[i]))
	}
	got, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers)), batchSize,
		unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(got), nil
}

// at returns the datagram i of those received. It is valid until the next ones are.
func (b *batch) at(i int) datagram {
	h, place := &b.headers[i], &b.places[i]
	return datagram{
		data: unsafe.Slice(place.Base, h.length),
		peer: b.peer(i),
		full: h.Flags&unix.MSG_TRUNC != 0,
	}
}

// peer returns who sent the datagram i; the zero value for a unix socket.
func (b *batch) peer(i int) netip.Addr {
	switch a := &b.peers[i]; {
	case b.headers[i].Namelen == 0:
		return netip.Addr{}
	case a.Family == unix.AF_INET:
		return netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(a)).Addr)
	case a.Family == unix.AF_INET6:
		return netip.AddrFrom16(a.Addr).Unmap()
	}
	return netip.Addr{}
}
