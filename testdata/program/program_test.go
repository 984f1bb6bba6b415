package program

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"
)

const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 2518: 0100007F:BC57 0100007F:15DE 01 00000000:00000000 00:00000000 00000000     0        0 11 2 000000000952ad26 0
 9053: 0100007F:15DE 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 12 2 000000006b25fdce 40
 9053: 0100007F:15DE 00000000:0000 07 00000000:00000010 00:00000000 00000000     0        0 13 2 000000006b25fdcf 2
`

func TestReadSockets(t *testing.T) {
	s, err := readSockets(table, 0x15DE)
	if err != nil || s.Bound != 2 || s.Waiting != 0x310 || s.Dropped != 42 || s.Links[0] != "socket:[12]" {
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
	s, err := SocketsOf(port)
	for begun := time.Now(); err == nil && s.Dropped == 0 && time.Since(begun) < time.Minute; {
		<-time.After(time.Millisecond) // on a busy machine the kernel delivers a moment later
		s, err = SocketsOf(port)
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
	p, err := Command{Path: shell, Args: []string{"-c", spin}}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Await(t.Context(), time.Minute, "spin", func() bool { return p.Out.Contains("done") }); err != nil {
		t.Fatal(err)
	}
	if spent, err := p.CPU(); err != nil || spent < time.Millisecond {
		t.Errorf("a loop of 20,000 turns took %v, %v", spent, err)
	}
	if now, peak, err := p.Memory(); err != nil || now < 100<<10 || peak < now {
		t.Errorf("memory %d, %d at its peak, %v", now, peak, err)
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Error(err)
	}
	if err := p.Alive(); err == nil {
		t.Error("it still runs")
	}
}

// TestProcessEndsWithContext is what an interrupted benchmark leaves: nothing.
func TestProcessEndsWithContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	p, err := Command{Path: "/bin/sleep", Args: []string{"100"}}.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	select {
	case <-p.Ended:
	case <-time.After(time.Minute):
		t.Error("it still runs")
	}
}

// TestFreePortIsTakenOnce has each port lent to one test at a time.
func TestFreePortIsTakenOnce(t *testing.T) {
	addr, release, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reserve(addr.Port()); err == nil {
		t.Errorf("%v is lent twice", addr)
	}
	release()
	again, err := reserve(addr.Port())
	if err != nil {
		t.Fatalf("%v was given back: %v", addr, err)
	}
	again()
}

func TestLookFindsNoSuchProgram(t *testing.T) {
	if path, err := Look("no-such-program"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("found %q, %v", path, err)
	}
}

func TestConfigureWantsEveryKey(t *testing.T) {
	files := fstest.MapFS{"a.conf": {Data: []byte("port = {{.Port}}\n")}}
	path := filepath.Join(t.TempDir(), "a.conf")
	if err := Configure(files, "a.conf", path, map[string]any{"Port": 25}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "port = 25\n" {
		t.Errorf("%q, %v", text, err)
	}
	if err := Configure(files, "a.conf", path, map[string]any{}); err == nil {
		t.Error("a key may be missing")
	}
}
