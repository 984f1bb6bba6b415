package interop_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestEndToEndLimit takes the file descriptors from a real HAProxy: what it says then at
// each connection it cannot take is told once, with what to do.
func TestEndToEndLimit(t *testing.T) {
	d := startDaemon(t, buildDaemon(t), printing(t))
	lb := startHAProxy(t, logTarget{addr: d.listener(t, "udp"), format: "rfc3164"})
	lb.limitFiles(t, 0)
	for range 5 {
		conn, err := net.Dial("unix", lb.front())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	const subject = "[LIMIT] fe_app: process FD limit reached at "
	eventually(t, patience, "daemon: told of the limit", func() bool { return strings.Contains(d.Out.String(), subject) })
	wait(2 * groupWait) // for one too many
	if n := strings.Count(d.Out.String(), "problem: "+subject); n != 1 {
		t.Errorf("told %d times of the limit", n)
	}
	if !strings.Contains(d.Out.String(), "LimitNOFILE") {
		t.Error("nothing is said of where to look")
	}
	lb.limitFiles(t, 1000) // or it could not end well
	d.stop(t)
}

// TestEndToEndHardStop lets a real HAProxy end its old process by force, with the
// connection that it still has: nobody is woken, and why shows it.
func TestEndToEndHardStop(t *testing.T) {
	conf := printing(t)
	binary := buildDaemon(t)
	d := startDaemon(t, binary, conf)
	lb := startHAProxy(t, logTarget{addr: d.listener(t, "udp"), format: "rfc5424"})
	conn, err := net.Dial("unix", lb.front())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\n"); err != nil { // and never more
		t.Fatal(err)
	}
	eventually(t, patience, "haproxy: connection taken", func() bool {
		stat, _ := lb.command("show info")
		return strings.Contains(stat, "CurrConns: 1") || strings.Contains(stat, "CurrConns: 2")
	})
	lb.reload(t)
	want := []string{
		"lb1: soft-stop running for too long, performing a hard-stop. (told nothing: hard_stops = false)",
		"held       hard_stops = false: [HARD STOP] lb1: old process ended by force, 1 connection closed",
	}
	var said []byte
	if !poll(patience, func() bool {
		said, _ = exec.Command(binary, "why", "-c", conf, "lb1").Output()
		return strings.Contains(string(said), want[0]) && strings.Contains(string(said), want[1])
	}) {
		t.Errorf("why says\n%s\nwant %q", said, want)
	}
	d.stop(t)
	if strings.Contains(d.Out.String(), "HARD STOP") {
		t.Errorf("somebody was told of a hard stop")
	}
}

// TestEndToEndEventsDropped fills the ring of a real HAProxy, whose way to the daemon is
// blocked: how much it lost is told as soon as it gets through.
func TestEndToEndEventsDropped(t *testing.T) {
	d := startDaemon(t, buildDaemon(t), printing(t))
	way := startBlocked(t, d.listener(t, "tcp"))
	lb := startHAProxy(t, logTarget{addr: way.addr, ring: true, format: "rfc5424"})
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", lb.front())
	}}}
	for range 20_000 { // a line each, far more than ring and sockets hold
		r, err := client.Get("http://be_app/" + strings.Repeat("x", 500))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	close(way.open)
	told := func() bool {
		return strings.Contains(d.Out.String(), " events lost by HAProxy before they reached us: alarms may be missing")
	}
	eventually(t, patience, "daemon: told of lost events", func() bool {
		if r, err := client.Get("http://be_app/"); err == nil { // a ring says it with its next line
			_ = r.Body.Close()
		}
		return told()
	})
	lb.single.turnOff(t)
	eventually(t, patience, "daemon: told of what comes after", func() bool { return strings.Contains(d.Out.String(), "[DOWN] be_single") })
	d.stop(t)
}

// printing is the configuration of a daemon that tells on its standard output.
func printing(t *testing.T) string {
	t.Helper()
	return daemonConfig{Journal: filepath.Join(t.TempDir(), "journal"), GroupWait: groupWait}.write(t)
}

func (h *haproxy) front() string { return filepath.Join(filepath.Dir(h.admin), "front.sock") }

// limitFiles leaves the process as many file descriptors as it has, and so many more.
func (h *haproxy) limitFiles(t *testing.T, more int) {
	t.Helper()
	have, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", h.PID))
	if err != nil {
		t.Fatal(err)
	}
	var now unix.Rlimit
	if err := unix.Prlimit(h.PID, unix.RLIMIT_NOFILE, nil, &now); err != nil {
		t.Fatal(err)
	}
	now.Cur = min(uint64(len(have)+more), now.Max)
	if err := unix.Prlimit(h.PID, unix.RLIMIT_NOFILE, &now, nil); err != nil {
		t.Fatal(err)
	}
}

// A blocked way takes a connection and reads nothing of it until it is opened.
type blocked struct {
	addr netip.AddrPort
	open chan struct{}
}

func startBlocked(t *testing.T, to netip.AddrPort) *blocked {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &blocked{netip.MustParseAddrPort(l.Addr().String()), make(chan struct{})}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return // closed with the test
			}
			go b.carry(in, to)
		}
	}()
	return b
}

func (b *blocked) carry(in net.Conn, to netip.AddrPort) {
	defer in.Close()
	_ = in.(*net.TCPConn).SetReadBuffer(4 << 10) // a larger one only holds more
	<-b.open
	out, err := net.DialTimeout("tcp", to.String(), time.Second)
	if err != nil {
		return
	}
	defer out.Close()
	_, _ = io.Copy(out, in) // ends when HAProxy does
}
