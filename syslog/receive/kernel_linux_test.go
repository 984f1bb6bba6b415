package receive

import (
	"context"
	"fmt"
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
	if !strings.Contains(said.String(), "kernel dropped datagrams") {
		t.Errorf("said only:\n%s", said)
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
