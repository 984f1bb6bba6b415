package receive

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

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
