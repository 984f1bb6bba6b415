package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/framing"
)

// TestStreamAllocatesNothing: from the bytes of a connection to the answer that a line
// is no health line, in every format and framing.
func TestStreamAllocatesNothing(t *testing.T) {
	r := Listener{}.receiver()
	health := 0
	g := r.sinkWriter(func(f syslog.Frame) {
		if parse.Candidate(syslog.Body(f.Data)) {
			health++
		}
	})
	for _, header := range headers {
		line := header + traffic
		for _, frame := range []string{line + "\n", line + "\x00", fmt.Sprintf("%d %s", len(line), line), fmt.Sprintf("%d %s\n", len(line)+1, line)} {
			lines := 3 * framing.LargeBuffer / len(frame)
			stream := bytes.Repeat([]byte(frame), lines)
			f := framing.New(DefaultMaxFrame, framing.NewBuffers(DefaultMaxFrame))
			read := func() {
				for rest := stream; len(rest) > 0; {
					n := copy(f.Space(), rest)
					f.Filled(n)
					rest = rest[n:]
					for data, cut, ok := f.Next(); ok; data, cut, ok = f.Next() {
						g.give(data, netip.Addr{}, cut)
					}
					g.settle()
				}
			}
			read() // it now has its large buffer
			before := r.Stats().Frames
			// A few are the pool's, which forgets at a collection, and on purpose with -race.
			if n := testing.AllocsPerRun(3, read); int(n) >= lines/100 {
				t.Errorf("%q: %v allocations in %d lines", frame, n, lines)
			}
			if got, want := int(r.Stats().Frames-before), 4*lines; got != want {
				t.Errorf("%q: %d frames, want %d", frame, got, want)
			}
			f.Close()
		}
	}
	if health > 0 {
		t.Errorf("%d lines of traffic look like health lines", health)
	}
}

// gated is a Receiver whose Sink waits for the gate, as it does for a disk.
type gated struct {
	*running
	open  chan struct{} // to be closed
	came  atomic.Int64  // to the gate
	taken atomic.Int64
}

func startGated(t *testing.T, sink func(g *gated, line []byte)) *gated {
	t.Helper()
	r, err := Listener{Address: "tcp://127.0.0.1:0"}.Open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	g := &gated{running: &running{Receiver: r, t: t, end: end, done: make(chan error, 1)}, open: make(chan struct{})}
	go func() {
		g.done <- r.Run(ctx, func(f syslog.Frame) {
			g.came.Add(1)
			<-g.open
			g.taken.Add(1)
			sink(g, f.Data)
		})
	}()
	return g
}

// TestFairness: eight connections have said as much as the kernel holds when a ninth
// says one line, and all wait for the Sink. The line is taken when each of the others
// has had its turn, and a turn is a read.
func TestFairness(t *testing.T) {
	const flooders, quiet = 8, "<129>quiet"
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // else the kernel decides who runs
	before := make(chan int64, 1)
	g := startGated(t, func(g *gated, line []byte) {
		for range 10 {
			crc32.ChecksumIEEE(line)
		}
		if string(line) == quiet {
			before <- g.taken.Load()
		}
	})
	line := []byte("<134>Nov 21 07:37:38 haproxy[6700]: " + traffic + "\n")
	var sent int64
	for range flooders {
		sent += fill(t, dial(t, g.running), line)
	}
	send(t, dial(t, g.running), quiet+"\n")
	g.wait("with all before the Sink", func(Stats) bool { return g.came.Load() == flooders+1 })
	close(g.open)
	const turns = flooders * (framing.FirstBuffer + framing.LargeBuffer) // two of each, were it unlucky
	if n := <-before; n > turns/int64(len(line)) {
		t.Errorf("%d of %d lines were taken before that of the quiet connection, want %d at most", n, sent, turns/len(line))
	}
	g.stop()
}

// TestSlowSink: while the Sink waits, each connection waits, and none loses a line.
func TestSlowSink(t *testing.T) {
	const peers = 4
	g := startGated(t, func(*gated, []byte) {})
	line := []byte("<134>Nov 21 07:37:38 haproxy[6700]: " + traffic + "\n")
	var sent int64
	var conns []net.Conn
	for range peers {
		c := dial(t, g.running)
		conns = append(conns, c)
		sent += fill(t, c, line)
	}
	if n := g.taken.Load(); n != 0 {
		t.Errorf("%d lines came past a Sink that waits", n)
	}
	close(g.open)
	for _, c := range conns {
		c.Close()
	}
	g.wait("read to its end", func(st Stats) bool { return st.Connections == 0 && st.Accepted == peers })
	if g.taken.Load() != sent {
		t.Errorf("%d lines came of %d", g.taken.Load(), sent)
	}
	g.stop()
}

// fill writes the line until the connection takes no more for a while, and returns how
// many lines there are, a torn one among them.
func fill(t *testing.T, c net.Conn, line []byte) (sent int64) {
	t.Helper()
	many := bytes.Repeat(line, 1000)
	var bytesSent int
	for {
		if err := c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Write(many[bytesSent%len(line):])
		bytesSent += n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return int64((bytesSent + len(line) - 1) / len(line))
}
