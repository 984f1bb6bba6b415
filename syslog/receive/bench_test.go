package receive

import (
	"context"
	"net"
	"testing"

	"haproxy-alert/syslog"
)

const traffic = `127.0.0.1:45882 [21/Nov/2026:07:37:38.152] fe_http be_nocheck/nc1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 {Mozilla/5.0 (X11; Linux x86_64)} "GET /nocheck/e HTTP/1.1"`

// headers are those of HAProxy's formats, of its rings and of relays.
var headers = []string{
	"<129>Nov 21 07:38:02 haproxy[28133]: ",
	"<129>Nov 21 07:38:02 localhost haproxy[28133]: ",
	"<129>1 2026-11-21T07:38:02.217407+00:00 - haproxy 28133 - - ",
	"<129>2026-11-21T07:38:02.217407+00:00 lb1 haproxy[28133]: ",
	"<129>2026-11-21T07:38:02+00:00 ",
	"<1>",
	"<129>",
	"",
}

// BenchmarkUDP receives datagrams over the loopback; the sender's share of the
// time is in it. With SetBytes it says how many bytes went through a second.
func BenchmarkUDP(b *testing.B) {
	r, err := Listener{Address: "udp://127.0.0.1:0"}.Open()
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx, func(f syslog.Frame) { syslog.Body(f.Data) }) }()
	c, err := net.Dial("udp", r.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	frame := []byte("<134>Nov 21 07:37:38 haproxy[6700]: " + traffic + "\n")
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(frame); err != nil {
			b.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	s := r.Stats()
	b.ReportMetric(float64(s.Dropped)/float64(s.Dropped+s.Frames), "lost/op")
}
