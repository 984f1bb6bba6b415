package intake

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"testing"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/syslog/receive"
)

// A socket that systemd has bound is one, and cannot be shared: who wants more readers is
// told that there is one, by serve, and by check where it is given the sockets.
func TestReadersOfInheritedSocket(t *testing.T) {
	for _, readers := range []int{0, 1, 4} {
		in, address := inheritedUDP(t)
		listeners := []config.Listen{{Address: "udp://127.0.0.1:1", Readers: 4}, {Address: address, Readers: readers}}
		warned := in.Warnings(listeners)
		if told := len(warned) == 1 && strings.HasPrefix(warned[0].Error(), "listen[1].readers: the socket of systemd at "+address); told != (readers > 1) {
			t.Errorf("%d readers: check warns %v", readers, warned)
		}
		var log bytes.Buffer
		r, adopted, err := in.open(receive.Listener{Address: address, Readers: readers, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil || !adopted {
			t.Fatalf("open: %v, adopted %v", err, adopted)
		}
		if told := strings.Contains(log.String(), "one reader") && strings.Contains(log.String(), "address="+address); told != (readers > 1) {
			t.Errorf("%d readers: serve logs %q", readers, log.String())
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// inheritedUDP is a socket as systemd gives it.
func inheritedUDP(t *testing.T) (inherited, string) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f, err := c.(*net.UDPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	at, err := receive.Inherited(f)
	if err != nil {
		t.Fatal(err)
	}
	return inherited{{file: f, at: at}}, at.String()
}
