package peer

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 2518: 0100007F:BC57 0100007F:15DE 01 00000000:00000000 00:00000000 00000000     0        0 11 2 000000000952ad26 0
 9053: 0100007F:15DE 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 12 2 000000006b25fdce 40
 9053: 0100007F:15DE 00000000:0000 07 00000000:00000010 00:00000000 00000000     0        0 13 2 000000006b25fdcf 2
`

func TestReadSockets(t *testing.T) {
	s, err := readSockets(table, 0x15DE)
	if err != nil || s.Bound != 2 || s.Waiting != 0x310 || s.Dropped != 42 || s.inodes[0] != "socket:[12]" {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := readSockets(table, 1); err != nil || s.Bound != 0 {
		t.Errorf("nobody there: %+v, %v", s, err)
	}
}

// TestDroppedIsCounted fills the buffer of a real socket.
func TestDroppedIsCounted(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.UDPConn).SetReadBuffer(1); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := conn.WriteTo(make([]byte, 1000), conn.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	s, err := socketsOf(port)
	for begun := time.Now(); err == nil && s.Dropped == 0 && time.Since(begun) < time.Minute; {
		<-time.After(time.Millisecond) // on a busy machine the kernel delivers a moment later
		s, err = socketsOf(port)
	}
	if err != nil || s.Bound != 1 || s.Dropped == 0 || s.Waiting == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestProcess(t *testing.T) {
	shell, err := Look("sh")
	if err != nil {
		t.Fatal(err)
	}
	// No exec at the end: a program just being started has one page.
	const spin = `i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; while :; do :; done`
	p, err := start(t.Context(), nil, shell, "-c", spin)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.until(t.Context(), time.Minute, "spin", func() bool { return p.out.contains("done") }); err != nil {
		t.Fatal(err)
	}
	if spent, err := p.CPU(); err != nil || spent < time.Millisecond {
		t.Errorf("a loop of 20,000 turns took %v, %v", spent, err)
	}
	if now, peak, err := p.Memory(); err != nil || now < 100<<10 || peak < now {
		t.Errorf("memory %d, %d at its peak, %v", now, peak, err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if err := p.alive(); err == nil {
		t.Error("it still runs")
	}
}

// TestProcessEndsWithContext is what an interrupted benchmark leaves: nothing.
func TestProcessEndsWithContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	p, err := start(ctx, nil, "/bin/sleep", "100")
	if err != nil {
		t.Fatal(err)
	}
	stop()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Error("it still runs")
	}
}

func TestMissing(t *testing.T) {
	for _, look := range []func() error{
		func() error { _, err := Look("no-such-program"); return err },
		func() error { _, _, err := LookBeside("no-such-folder", "program"); return err },
	} {
		if missing, ok := errors.AsType[Missing](look()); !ok || missing.Why == "" {
			t.Errorf("%v", missing)
		}
	}
}

func TestWatchFindsWhatIsAdded(t *testing.T) {
	path := t.TempDir() + "/health"
	w := watch{glob: path, words: []byte("the end"), seen: map[string]int64{}}
	var all []byte
	for _, more := range []string{"", "some\n", "the", " en", "d\n"} {
		if w.found() {
			t.Fatalf("found in %q", all)
		}
		all = append(all, more...)
		if err := os.WriteFile(path, all, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !w.found() {
		t.Errorf("not found in %q", all)
	}
}
