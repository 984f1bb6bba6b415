package receive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct{ text, network, target, fault string }{
		{"udp://127.0.0.1:5514", "udp", "127.0.0.1:5514", ""},
		{"tcp://[::]:514", "tcp", "[::]:514", ""},
		{"udp://:514", "udp", ":514", ""},
		{"tls://lb1.example.net:6514", "tls", "lb1.example.net:6514", ""},
		{"tls://127.0.0.1", "", "", "want host:port"},
		{"unix:///run/x.sock", "unix", "/run/x.sock", ""},
		{"unixgram:///run/x.sock", "unixgram", "/run/x.sock", ""},
		{"127.0.0.1:514", "", "", "want a scheme"},
		{"http://127.0.0.1:514", "", "", `unknown scheme "http"`},
		{"udp://127.0.0.1", "", "", "want host:port"},
		{"udp://::1:514", "", "", "in brackets"},
		{"udp://127.0.0.1:syslog", "", "", "want a port from 0 to 65535"},
		{"udp://127.0.0.1:65536", "", "", "want a port from 0 to 65535"},
		{"unix://run/x.sock", "", "", "with three slashes"},
		{"unix:///run/", "", "", "not of a folder"},
		{"unix:///" + strings.Repeat("x", 107), "", "", "path has 108 bytes"},
	} {
		a, err := ParseAddress(c.text)
		if c.fault == "" && (err != nil || a != (Address{c.network, c.target}) || a.String() != c.text) {
			t.Errorf("ParseAddress(%q) = %v, %v", c.text, a, err)
		}
		if c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("ParseAddress(%q): error %v, want %q in it", c.text, err, c.fault)
		}
	}
}

// TestOpenFaults: an error names the address and, where known, the cure.
func TestOpenFaults(t *testing.T) {
	s := run(t, Listener{Address: "tcp://127.0.0.1:0"})
	for address, want := range map[string]string{
		s.String():                "ss -lpn",
		"udp://192.0.2.1:5514":    "this machine does not have that address",
		"unix:///nowhere/at/all":  "no such file or directory",
		"unixgram:///nowhere/s.s": "no such file or directory",
		"nonsense":                "want a scheme",
		"tls://127.0.0.1:0":       "cert_file: a tls:// listener wants a certificate",
	} {
		r, err := Listener{Address: address}.Open()
		if err == nil {
			t.Errorf("%s opens", address)
			r.Close()
			continue
		}
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), address) {
			t.Errorf("open %s: %v, want %q in it", address, err, want)
		}
	}
}

// TestAdvice: a low port needs a right; only root can be refused nothing here.
func TestAdvice(t *testing.T) {
	err := advised(Address{"udp", ":514"}, &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)})
	if !errors.Is(err, syscall.EACCES) || !strings.Contains(err.Error(), "CAP_NET_BIND_SERVICE") {
		t.Error(err)
	}
	plain := errors.New("x")
	if got := advised(Address{"unix", "/x"}, plain); got != plain { //nolint:errorlint // the very same error
		t.Error(got)
	}
}

func TestSocketFile(t *testing.T) {
	for _, network := range []string{"unix", "unixgram"} {
		path := filepath.Join(t.TempDir(), "x.sock")
		l := Listener{Address: network + "://" + path, Mode: 0o600, Owner: "0:0"}
		if os.Getuid() != 0 {
			l.Owner = ""
		}
		abandon(t, network, path)
		s := run(t, l)
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode is %v, %v", network, info.Mode(), err)
		}
		if _, err := l.Open(); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("%s: opened twice: %v", network, err)
		}
		s.stop()
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the socket's file is still there: %v", network, err)
		}
	}
}

// TestSocketFileIsNotOurs: what others put in the way is left alone.
func TestSocketFileIsNotOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sock")
	if err := os.WriteFile(path, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Listener{Address: "unix://" + path}).Open(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("opened over a file: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "keep me" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s := run(t, Listener{Address: "unix://" + path})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if _, err := os.Lstat(path); err != nil {
		t.Error("removed a file that took the socket's place:", err)
	}
}

func TestOwnerUnknown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sock")
	for owner, want := range map[string]string{"no-such-user-here": "find user", "0:no-such-group-here": "find group"} {
		if _, err := (Listener{Address: "unix://" + path, Owner: owner}).Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("owner %q: %v", owner, err)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("owner %q: the socket's file stays behind: %v", owner, err)
		}
	}
}

// abandon leaves a socket file behind, as a crash does.
func abandon(t *testing.T, network, path string) {
	t.Helper()
	f := bound(t, network, path)
	f.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
}

// bound binds a socket and returns its file alone.
func bound(t *testing.T, network, address string) *os.File {
	t.Helper()
	var s interface {
		File() (*os.File, error)
		io.Closer
	}
	var err error
	switch network {
	case "tcp":
		l, e := net.Listen(network, address)
		s, err = l.(*net.TCPListener), e
	case "udp":
		c, e := net.ListenPacket(network, address)
		s, err = c.(*net.UDPConn), e
	case "unix":
		l, e := net.ListenUnix(network, &net.UnixAddr{Name: address, Net: network})
		l.SetUnlinkOnClose(false)
		s, err = l, e
	case "unixgram":
		s, err = net.ListenUnixgram(network, &net.UnixAddr{Name: address, Net: network})
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.File()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	return f
}

// poor is a listener whose process has no file descriptor left, for a while, and
// to which nobody connects afterwards.
type poor struct {
	net.Listener
	faults   int
	accepts  []time.Time
	deadline chan time.Time
}

func (p *poor) Accept() (net.Conn, error) {
	p.accepts = append(p.accepts, time.Now())
	if p.faults--; p.faults >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	time.Sleep(time.Until(<-p.deadline))
	return nil, os.ErrDeadlineExceeded
}

func (p *poor) SetDeadline(t time.Time) error {
	p.deadline <- t
	return nil
}

func (p *poor) Addr() net.Addr { return &net.TCPAddr{} }

// TestAcceptBacksOff: without descriptors, accepting is tried again, ever more
// slowly, and said once.
func TestAcceptBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, said := record()
		p := &poor{faults: 12, deadline: make(chan time.Time, 2)}
		r, err := Listener{Log: log}.stream("tcp", p)
		if err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		if err := r.accept(ctx, func(net.Conn) {}); err != nil {
			t.Error(err)
		}
		var waits []time.Duration
		for i := 1; i <= 12; i++ {
			waits = append(waits, p.accepts[i].Sub(p.accepts[i-1]))
		}
		if waits[0] != acceptFirstWait || waits[1] != 2*acceptFirstWait || waits[11] != acceptLastWait {
			t.Errorf("waits are %v", waits)
		}
		if n := strings.Count(said.String(), "accept failed"); n != 1 {
			t.Errorf("said %d times:\n%s", n, said)
		}
	})
}
