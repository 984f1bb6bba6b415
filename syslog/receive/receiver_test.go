package receive

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/syslog"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// taken is a frame, copied out of its Sink.
type taken struct {
	text string
	peer netip.Addr
	cut  bool
}

// running is a Receiver at work.
type running struct {
	*Receiver
	t      *testing.T
	frames chan taken
	end    context.CancelFunc
	done   chan error
}

// testPatience is how long the tests wait for what must come: a machine may stand still for
// some seconds, and many tests run at once.
const testPatience = time.Minute

// run opens a listener and runs it until the test ends.
func run(t *testing.T, l Listener) *running {
	t.Helper()
	r, err := l.Open()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, r)
}

func start(t *testing.T, r *Receiver) *running {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	s := &running{r, t, make(chan taken, 1000), end, make(chan error, 1)}
	go func() {
		s.done <- r.Run(ctx, func(f syslog.Frame) { s.frames <- taken{string(f.Data), f.Peer, f.Cut} })
	}()
	t.Cleanup(func() { s.stop() })
	return s
}

// stop ends the receiver and reports what Run returned. Further calls do nothing.
func (s *running) stop() {
	s.t.Helper()
	s.end()
	if s.done == nil {
		return
	}
	if err := <-s.done; err != nil {
		s.t.Errorf("Run: %v", err)
	}
	s.done = nil
}

// runEnded runs the receiver with a ctx that has ended before.
func (s *running) runEnded() {
	s.t.Helper()
	ctx, end := context.WithCancel(context.Background())
	end()
	if err := s.Run(ctx, func(f syslog.Frame) { s.frames <- taken{string(f.Data), f.Peer, f.Cut} }); err != nil {
		s.t.Errorf("Run: %v", err)
	}
}

// want takes the next frames and compares their texts.
func (s *running) want(texts ...string) (got []taken) {
	s.t.Helper()
	deadline := time.After(testPatience)
	for range texts {
		select {
		case f := <-s.frames:
			got = append(got, f)
		case <-deadline:
			s.t.Fatalf("%s: %d of %d frames came", s, len(got), len(texts))
		}
	}
	for i, f := range got {
		if f.text != texts[i] {
			s.t.Errorf("%s: frame %d is %q, want %q", s, i, f.text, texts[i])
		}
	}
	return got
}

// wait waits for the counters to be as wanted.
func (s *running) wait(what string, is func(Stats) bool) {
	s.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(testPatience); !is(s.Stats()); {
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("%s: never %s: %+v", s, what, s.Stats())
		}
	}
}

func dial(t *testing.T, s *running) net.Conn { return dialReceiver(t, s.Receiver) }

// dialReceiver connects as the receiver wants it; it does not care whom it talks to.
func dialReceiver(t *testing.T, r *Receiver) net.Conn {
	t.Helper()
	c, err := net.Dial(r.Addr().Network(), r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if strings.HasPrefix(r.String(), "tls://") {
		return tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	return c
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// listeners are one of each kind of socket.
func listeners(t *testing.T) []Listener {
	t.Helper()
	folder := t.TempDir()
	return []Listener{
		{Address: "udp://127.0.0.1:0"},
		{Address: "tcp://127.0.0.1:0"},
		{Address: "tls://127.0.0.1:0", TLS: newAuthority(t).server(t)},
		{Address: "unix://" + folder + "/s.sock"},
		{Address: "unixgram://" + folder + "/d.sock"},
	}
}

func (l Listener) kind() string { return strings.SplitN(l.Address, ":", 2)[0] }

// TestSockets sends lines through every kind of socket, and ends the receiver.
func TestSockets(t *testing.T) {
	for _, l := range listeners(t) {
		t.Run(l.kind(), func(t *testing.T) {
			s, address := run(t, l), l.Address
			c := dial(t, s)
			send(t, c, "<1>a\r\n")
			send(t, c, "<1>b\n<1>c\x00\n\n")
			got := s.want("<1>a", "<1>b", "<1>c")
			if ip := strings.Contains(address, "127"); ip != (got[0].peer == netip.MustParseAddr("127.0.0.1")) || !ip && got[0].peer.IsValid() {
				t.Errorf("peer is %v", got[0].peer)
			}
			s.wait("counted", func(st Stats) bool { return st.Frames == 3 && st.Bytes == 12 })
			s.stop()
			if _, err := net.Dial("unix", strings.TrimPrefix(address, "unix://")); err == nil {
				t.Error("the socket is still open")
			}
		})
	}
}

// TestIPv4PeerIsUnmapped: on a socket for both families, IPv4 stays IPv4.
func TestIPv4PeerIsUnmapped(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		r, err := Listener{Address: network + "://[::]:0", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}.Open()
		if err != nil {
			t.Skip("no IPv6 here:", err)
		}
		s := start(t, r)
		_, port, _ := net.SplitHostPort(s.Addr().String())
		c, err := net.Dial(network, net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		send(t, c, "<1>a\n")
		if got := s.want("<1>a"); got[0].peer.String() != "127.0.0.1" {
			t.Errorf("%s: peer is %v", network, got[0].peer)
		}
	}
}

func TestMaxFrame(t *testing.T) {
	for _, l := range listeners(t) {
		l.MaxFrame = 10
		s := run(t, l)
		c := dial(t, s)
		send(t, c, "0123456789abcdef\nshort\n")
		got := s.want("0123456789", "short")
		if !got[0].cut || got[1].cut {
			t.Errorf("%s: cut %v, %v", l.Address, got[0].cut, got[1].cut)
		}
		s.wait("counted", func(st Stats) bool { return st.Cut == 1 })
	}
}

func TestAllow(t *testing.T) {
	for _, address := range []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"} {
		s := run(t, Listener{Address: address, Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
		send(t, dial(t, s), "<1>a\n")
		s.wait("refused", func(st Stats) bool { return st.Refused == 1 })
		s.stop()
		if len(s.frames) > 0 {
			t.Errorf("%s: %q came through", address, (<-s.frames).text)
		}
	}
}

// zoned is a connection from a link-local address: the kernel tells the interface with it.
type zoned struct{ net.Conn }

func (zoned) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0", Port: 514}
}

// TestAllowLinkLocal: a network has no zone, and the addresses in it may have one.
func TestAllowLinkLocal(t *testing.T) {
	for network, want := range map[string]bool{"fe80::/10": true, "fe80::1/128": true, "fe80::2/128": false, "10.0.0.0/8": false} {
		r := Listener{Allow: []netip.Prefix{netip.MustParsePrefix(network)}}.receiver()
		mine, theirs := net.Pipe()
		served := false
		r.admit(zoned{mine}, func(net.Conn) { served = true })
		if served != want {
			t.Errorf("a peer with the address fe80::1%%eth0 is taken by %s: %v, want %v", network, served, want)
		}
		mine.Close()
		theirs.Close()
	}
}

// TestLargestFrame: a frame that no octet count can announce is refused before anything is
// bound.
func TestLargestFrame(t *testing.T) {
	for most, ok := range map[int]bool{LargestFrame: true, LargestFrame + 1: false, 1 << 30: false} {
		for _, address := range []string{"tcp://127.0.0.1:0", "udp://127.0.0.1:0"} {
			r, err := Listener{Address: address, MaxFrame: most}.Open()
			if (err == nil) != ok {
				t.Errorf("%s with frames of %d bytes: %v", address, most, err)
			}
			if r != nil {
				r.Close()
			}
		}
	}
	if _, err := (Listener{MaxFrame: 1 << 30}).Adopt(bound(t, "tcp", "127.0.0.1:0")); err == nil {
		t.Error("an adopted socket may have frames of 1 GiB")
	}
}

func TestMaxConnections(t *testing.T) {
	log, said := record()
	s := run(t, Listener{Address: "tcp://127.0.0.1:0", MaxConnections: 1, Log: log})
	first := dial(t, s)
	send(t, first, "<1>a\n")
	s.want("<1>a")
	second := dial(t, s)
	if n, err := second.Read(make([]byte, 1)); err == nil {
		t.Errorf("a connection too many got %d bytes, want its end", n)
	}
	send(t, first, "<1>b\n")
	s.want("<1>b")
	first.Close()
	s.wait("free again", func(st Stats) bool { return st.Connections == 0 && st.TooMany == 1 })
	send(t, dial(t, s), "<1>c\n")
	s.want("<1>c")
	if strings.Contains(said.String(), "too many") { // who asks Stats says so
		t.Errorf("said:\n%s", said)
	}
}

func TestIdleTimeout(t *testing.T) {
	r, err := Listener{Address: "tcp://127.0.0.1:0", IdleTimeout: 20 * time.Millisecond}.Open()
	if err != nil {
		t.Fatal(err)
	}
	c := dialReceiver(t, r)
	send(t, c, "<1>half") // before it may be silent for too long
	s := start(t, r)
	s.want("<1>half") // what came is not lost with the connection
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a silent connection stays open")
	}
	s.wait("counted as idle", func(st Stats) bool { return st.Idle == 1 && st.Connections == 0 })
}

// TestBrokenFraming: a stream whose framing breaks is counted and goes on.
func TestBrokenFraming(t *testing.T) {
	s := run(t, Listener{Address: "tcp://127.0.0.1:0"})
	c := dial(t, s)
	send(t, c, "3 abcnot a count\nnext\n")
	s.want("abc", "next")
	s.wait("counted as bad", func(st Stats) bool { return st.Bad == 1 })
}

// TestDrain: what the kernel held when ctx ended still comes, though the Sink was
// busy; this is what a restart must not lose.
func TestDrain(t *testing.T) {
	for _, l := range listeners(t) {
		t.Run(l.kind(), func(t *testing.T) {
			r, err := l.Open()
			if err != nil {
				t.Fatal(err)
			}
			ctx, end := context.WithCancel(t.Context())
			busy, free, done := make(chan bool), make(chan bool), make(chan error)
			var got []string
			go func() {
				done <- r.Run(ctx, func(f syslog.Frame) {
					if got = append(got, string(f.Data)); len(got) == 1 {
						busy <- true
						<-free
					}
				})
			}()
			c := dialReceiver(t, r)
			want := []string{"<1>first"}
			send(t, c, "<1>first\n")
			<-busy
			for i := range backlog(r) {
				want = append(want, fmt.Sprintf("<1>%d", i))
				send(t, c, want[i+1]+"\n")
			}
			end()
			close(free)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d of %d lines came", len(got), len(want))
			}
		})
	}
}

// backlog is how many lines may wait in the kernel: a unix datagram socket holds
// net.unix.max_dgram_qlen, 10 at least, a unix stream about 270 small writes.
func backlog(r *Receiver) int {
	switch r.Addr().Network() {
	case "unixgram":
		return 10
	case "unix":
		return 200
	}
	return 500
}

// deadlines notes the deadlines it is given.
type deadlines []time.Time

func (d *deadlines) SetReadDeadline(t time.Time) error {
	*d = append(*d, t)
	return nil
}

// TestEnding: the deadline that frees a blocked read may come late, over one set
// for draining. The read it spoils is tried again; only a gap that has really
// passed ends the draining.
func TestEnding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var set deadlines
		ctx, end := context.WithCancel(t.Context())
		e := drain{conn: &set, idle: time.Hour}
		if !e.arm(ctx) || !set[0].Equal(time.Now().Add(time.Hour+deadlineStep)) {
			t.Fatalf("while ctx lives the deadline is %v", set)
		}
		for range 100 { // as often as reads come in a step
			time.Sleep(deadlineStep / 100)
			if !e.arm(ctx) || len(set) != 1 || time.Until(set[0]) < time.Hour {
				t.Fatalf("the deadline was moved %d times, and is %v away", len(set), time.Until(set[len(set)-1]))
			}
		}
		time.Sleep(time.Nanosecond)
		if !e.arm(ctx) || len(set) != 2 {
			t.Fatal("the deadline stays where it was")
		}
		set = set[1:]
		if e.more(ctx) {
			t.Error("a connection that was idle for so long is read again")
		}
		end()
		if !e.more(ctx) {
			t.Error("the read that ctx freed is not tried again")
		}
		if !e.arm(ctx) || !set[1].Equal(time.Now().Add(drainGap)) {
			t.Fatalf("in draining the deadline is %v", set[1:])
		}
		if !e.more(ctx) {
			t.Error("a deadline that came late ends the draining")
		}
		time.Sleep(drainGap)
		if e.more(ctx) {
			t.Error("a gap does not end the draining")
		}
		time.Sleep(drainTime)
		if e.arm(ctx) {
			t.Error("draining has no end")
		}
	})
}

// TestDrainEnds: a sender that never stops does not keep the receiver.
func TestDrainEnds(t *testing.T) {
	for _, address := range []string{"tcp://127.0.0.1:0", "udp://127.0.0.1:0"} {
		t.Run(address[:3], func(t *testing.T) {
			t.Parallel()
			s := run(t, Listener{Address: address})
			c := dial(t, s)
			ended, enough := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(ended)
				line := bytes.Repeat([]byte("<1>x\n"), 100)
				for err := error(nil); err == nil; _, err = c.Write(line) {
					select {
					case <-enough: // nothing tells a sender of datagrams that nobody reads
						return
					default:
					}
				}
			}()
			go func() {
				for range s.frames {
				}
			}()
			s.wait("flowing", func(st Stats) bool { return st.Frames > 1000 })
			from := time.Now()
			s.stop()
			if d := time.Since(from); d > testPatience {
				t.Errorf("the receiver took %v to end", d)
			}
			close(enough)
			close(s.frames)
			<-ended
		})
	}
}

// TestBacklogIsServed: a connection the kernel took before ctx ended is served,
// even if Run never saw it.
func TestBacklogIsServed(t *testing.T) {
	r, err := Listener{Address: "tcp://127.0.0.1:0"}.Open()
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(t, c, "<1>a\n")
	ctx, end := context.WithCancel(t.Context())
	end()
	var got []string
	if err := r.Run(ctx, func(f syslog.Frame) { got = append(got, string(f.Data)) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, []string{"<1>a"}) {
		t.Errorf("got %q", got)
	}
}

// TestListenerFails: when the listener is gone, Run ends with an error, and with
// the connections that were open.
func TestListenerFails(t *testing.T) {
	r, err := Listener{Address: "tcp://127.0.0.1:0"}.Open()
	if err != nil {
		t.Fatal(err)
	}
	done, came := make(chan error), make(chan bool)
	go func() { done <- r.Run(t.Context(), func(syslog.Frame) { came <- true }) }()
	c, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(t, c, "<1>a\n")
	<-came
	r.listener.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) || !strings.Contains(err.Error(), "accept tcp://") {
		t.Errorf("Run: %v", err)
	}
}

// TestAdopt takes over a socket another process has bound, as systemd does.
func TestAdopt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	for _, network := range []string{"tcp", "udp", "unix", "unixgram"} {
		address := map[bool]string{true: path + network, false: "127.0.0.1:0"}[strings.HasPrefix(network, "unix")]
		r, err := Listener{}.Adopt(bound(t, network, address))
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, r)
		send(t, dial(t, s), "<1>a\n")
		s.want("<1>a")
	}
}

// TestClose: a receiver that never ran leaves nothing behind.
func TestClose(t *testing.T) {
	for _, l := range listeners(t) {
		for range 2 { // the second finds the address free
			r, err := l.Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// record is a log that keeps its lines.
func record() (*slog.Logger, *recorded) {
	var r recorded
	return slog.New(slog.NewTextHandler(&r, nil)), &r
}

// recorded are the lines of a log, to be read while it is written.
type recorded struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *recorded) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(b)
}

func (r *recorded) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}
