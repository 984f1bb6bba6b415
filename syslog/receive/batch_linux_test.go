package receive

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog"

	"golang.org/x/sys/unix"
)

// unread is a listener that does not run, with a sender and the room for a batch.
func unread(t *testing.T, address string) (*Receiver, net.Conn, *batch) {
	t.Helper()
	r, err := Listener{Address: address}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	c, err := net.Dial(r.Addr().Network(), r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	b, err := newBatch(maxDatagram)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.free)
	return r, c, b
}

// awaitDatagram waits until one of the sockets has a datagram: on a busy machine the
// kernel delivers after the sender's call, over loopback too.
func awaitDatagram(t *testing.T, r *Receiver) {
	t.Helper()
	var fds []unix.PollFd
	for _, s := range r.sockets {
		fds = append(fds, unix.PollFd{Fd: int32(s.fd), Events: unix.POLLIN})
	}
	for begun := time.Now(); ; {
		n, err := unix.Poll(fds, int(testPatience/time.Millisecond))
		if n > 0 {
			return
		}
		if !errors.Is(err, unix.EINTR) || time.Since(begun) > testPatience {
			t.Fatalf("no datagram came, %v", err)
		}
	}
}

// sendAll sends small datagrams, and returns when all of them wait in the kernel.
func sendAll(t *testing.T, r *Receiver, c net.Conn, texts []string) {
	t.Helper()
	const allocated = 0 // the word of SO_MEMINFO that counts what waits
	send(t, c, texts[0])
	awaitDatagram(t, r)
	each := r.sockets[0].meminfo(allocated)
	for _, text := range texts[1:] {
		send(t, c, text)
	}
	for begun := time.Now(); r.sockets[0].meminfo(allocated) < each*uint32(len(texts)); {
		if time.Since(begun) > testPatience {
			t.Fatalf("not all of %d datagrams came", len(texts))
		}
		<-time.After(time.Millisecond)
	}
}

// TestBatch: what came since the last time comes at once, each with its own length and
// sender, in order; one longer than its room says so, and what is more than a batch comes
// with the next.
func TestBatch(t *testing.T) {
	r, c, b := unread(t, "udp://127.0.0.1:0")
	fd := r.sockets[0].fd
	if _, err := b.receive(fd); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("of nothing: %v", err)
	}
	var want, got []string
	for i := range batchSize + 2 {
		want = append(want, strings.Repeat("x", i%7)+fmt.Sprint(i))
	}
	sendAll(t, r, c, want)
	for _, n := range []int{batchSize, 2} {
		if m, err := b.receive(fd); m != n || err != nil {
			t.Fatalf("%d datagrams came, %v; want %d", m, err, n)
		}
		for i := range n {
			d := b.at(i)
			got = append(got, string(d.data))
			if d.full || d.peer.String() != "127.0.0.1" {
				t.Errorf("datagram of %v, full: %v", d.peer, d.full)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	short, err := newBatch(4)
	if err != nil {
		t.Fatal(err)
	}
	defer short.free()
	send(t, c, "12345")
	awaitDatagram(t, r)
	if n, err := short.receive(fd); n != 1 || err != nil || !short.at(0).full || string(short.at(0).data) != "1234" {
		t.Errorf("of a datagram too long came %d, %v, %+v", n, err, short.at(0))
	}
}

// TestUnixBatch: who sends through a unix socket has no address, with a name or without.
func TestUnixBatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.sock")
	r, c, b := unread(t, "unixgram://"+path)
	named, err := net.DialUnix("unixgram", &net.UnixAddr{Name: path + "2"}, &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	send(t, c, "a")
	send(t, named, "b")
	if n, err := b.receive(r.sockets[0].fd); n != 2 || err != nil || b.at(0).peer.IsValid() || b.at(1).peer.IsValid() {
		t.Errorf("%d came, %v, from %v and %v", n, err, b.at(0).peer, b.at(1).peer)
	}
}

// TestDatagramsAllocateNothing holds the promise of the hot path from the socket to the Sink.
func TestDatagramsAllocateNothing(t *testing.T) {
	r, c, b := unread(t, "udp://127.0.0.1:0")
	line := []byte("<134>Nov 21 07:37:38 haproxy[6700]: " + traffic + "\n")
	lines := 0
	g := r.sinkWriter(func(f syslog.Frame) {
		if len(syslog.Body(f.Data)) > 0 {
			lines++
		}
	})
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := c.Write(line); err != nil {
			t.Fatal(err)
		}
		n, err := b.receive(r.sockets[0].fd)
		for errors.Is(err, unix.EAGAIN) { // the kernel delivers it in a moment
			n, err = b.receive(r.sockets[0].fd)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			r.split(&g, b.at(i))
		}
		g.settle()
	})
	if allocs != 0 || lines == 0 {
		t.Errorf("%d lines, %v allocations each", lines, allocs)
	}
}
