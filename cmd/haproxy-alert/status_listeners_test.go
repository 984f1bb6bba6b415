package main

import (
	"strings"
	"testing"

	"haproxy-alert/cmd/haproxy-alert/control"
)

// A listener that takes all says so; what one does not take stands there in words.
func TestStatusOfListeners(t *testing.T) {
	var b strings.Builder
	r := control.StatusReport{Listeners: []control.StatusListener{
		{Address: "udp://127.0.0.1:5514", Lines: 100, Dropped: 7, Refused: 2},
		{Address: "tls://127.0.0.1:6514", Lines: 3, Connections: 2, Handshakes: 1},
		{Address: "unix:///run/x.sock"},
	}}
	if err := writeStatus(r, &b, r.Daemon.Since); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"udp://127.0.0.1:5514  100    0            7 DROPPED by the kernel, 2 refused by allow\n",
		"tls://127.0.0.1:6514  3      2            1 handshakes failed\n",
		"unix:///run/x.sock    0      0            all taken\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
