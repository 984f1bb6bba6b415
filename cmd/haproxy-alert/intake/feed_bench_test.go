package intake

import (
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/loop"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/syslog"
)

// BenchmarkFeed is what a line of traffic costs behind the socket, with and without
// somebody who wants to know of silence, when it comes alone and in a full read.
func BenchmarkFeed(b *testing.B) {
	line := []byte(`<134>Nov 21 07:37:38 haproxy[6700]: 127.0.0.1:45882 [21/Nov/2026:07:37:38.152] fe_http be_nocheck/nc1 ` +
		`0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 {Mozilla/5.0 (X11; Linux x86_64)} "GET /nocheck/e HTTP/1.1"`)
	for name, quiet := range map[string]time.Duration{"no-ears": 0, "ears": 10 * time.Minute} {
		for read, first := range map[string]bool{"alone": true, "many": false} {
			b.Run(name+"/"+read, func(b *testing.B) {
				loop := &loop.Loop{State: engine.New(alert.Policy{}, nil)}
				sink := NewFeed(loop, config.DefaultBacklog, quiet, slog.New(slog.DiscardHandler)).Sink("tcp://127.0.0.1:5514", true)
				f := syslog.Frame{Data: line, Peer: netip.MustParseAddr("192.0.2.1"), First: first}
				b.ReportAllocs()
				for b.Loop() {
					sink(f)
				}
			})
		}
	}
}
