package receive

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog"

	"golang.org/x/sys/unix"
)

// TestKernelDrops fills a small buffer behind a busy Sink. What the kernel threw
// away is counted to the datagram, and said.
func TestKernelDrops(t *testing.T) {
	log, said := record()
	r, err := Listener{Address: "udp://127.0.0.1:0", ReadBuffer: 4 << 10, Log: log}.Open()
	if err != nil {
		t.Fatal(err)
	}
	const sent = 500
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	busy, free, done := make(chan bool, sent), make(chan bool), make(chan error)
	go func() {
		done <- r.Run(ctx, func(syslog.Frame) {
			busy <- true
			<-free
		})
	}()
	s := &running{Receiver: r, t: t}
	c := dial(t, s)
	send(t, c, "<1>first\n")
	<-busy
	for i := range sent {
		send(t, c, fmt.Sprintf("<1>%d\n", i))
	}
	s.wait("dropping", func(st Stats) bool { return st.Dropped > 0 })
	end()
	close(free)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Frames+st.Dropped != sent+1 {
		t.Errorf("%d frames and %d dropped, of %d", st.Frames, st.Dropped, sent+1)
	}
	// Who asks Stats says so; to say it here as well would be twice.
	if strings.Contains(said.String(), "dropped") {
		t.Errorf("said:\n%s", said)
	}
}

// TestAdoptedDrops: what the kernel had dropped of a socket before it was ours is not lost
// now. systemd keeps a socket, and its count, over our restart.
func TestAdoptedDrops(t *testing.T) {
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	sender, err := net.Dial("udp", c.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	for range 100 {
		send(t, sender, strings.Repeat("x", 200))
	}
	f, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Listener{}.Adopt(f)
	if err != nil {
		t.Fatal(err)
	}
	if r.sockets[0].meminfo(meminfoDrops) == 0 {
		t.Fatal("the kernel dropped nothing before")
	}
	s := start(t, r)
	s.wait("what it holds", func(st Stats) bool { return st.Frames > 0 })
	s.stop()
	if n := s.Stats().Dropped; n > 0 {
		t.Errorf("%d datagrams are called lost, all before the socket was adopted", n)
	}
}

// TestRoomForDatagrams: no UDP datagram is longer than 64 KiB, however long a frame may be.
func TestRoomForDatagrams(t *testing.T) {
	r, err := Listener{Address: "udp://127.0.0.1:0", MaxFrame: LargestFrame}.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := r.datagramRoom(); got > maxDatagram+1 {
		t.Errorf("room for %d bytes a datagram, 128 times", got)
	}
}

// TestReadBuffer: the buffer is what was asked for, or it is said what to raise.
func TestReadBuffer(t *testing.T) {
	log, said := record()
	r, err := Listener{Address: "udp://127.0.0.1:0", Log: log}.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := unix.GetsockoptInt(r.sockets[0].fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		t.Fatal(err)
	}
	warned := strings.Contains(said.String(), "net.core.rmem_max")
	if got/2 < DefaultReadBuffer != warned {
		t.Errorf("the kernel gives %d of %d bytes; warned: %v", got/2, DefaultReadBuffer, warned)
	}
}

// TestUnixQueue: unix datagrams are limited by number; a short queue is said.
func TestUnixQueue(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/unix/max_dgram_qlen")
	if err != nil {
		t.Skip(err)
	}
	queued, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	log, said := record()
	r, err := Listener{Address: "unixgram://" + filepath.Join(t.TempDir(), "x.sock"), Log: log}.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if warned := strings.Contains(said.String(), "net.unix.max_dgram_qlen"); warned != (queued < enoughQueued) {
		t.Errorf("the queue holds %d; warned: %v", queued, warned)
	}
}
