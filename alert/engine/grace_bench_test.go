package engine_test

import (
	"fmt"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/parse"
)

// BenchmarkReloadStorm is a reload after which a load balancer finds 5,000 servers down,
// while another one, which was not reloaded, finds 5,000 of its own.
func BenchmarkReloadStorm(b *testing.B) {
	var facts []alert.Fact
	at := start
	line := func(host, text string) {
		at = at.Add(100 * time.Microsecond)
		ev, ok := parse.Line(text)
		if !ok {
			b.Fatalf("no health line: %q", text)
		}
		facts = append(facts, alert.Fact{
			Kind: alert.Observed, Time: at, At: at, Event: ev, Text: text, Source: alert.Source{Host: host, PID: 7},
		})
	}
	line("lb1", "Proxy fe started.")
	for _, host := range []string{"lb1", "lb2"} {
		for k := range 5000 {
			line(host, fmt.Sprintf("Server %s_be%d/s%d is DOWN. 1 active and 0 backup servers left."+
				" 0 sessions active, 0 requeued, 0 remaining in queue.", host, k/50, k))
		}
	}
	for b.Loop() {
		p := policy("ops")
		p.Digest, p.ReloadGrace = alert.DefaultDigest, alert.DefaultReloadGrace
		s := engine.New(p, nil)
		for _, f := range facts {
			s.Apply(f)
		}
	}
	b.ReportMetric(float64(len(facts)*b.N)/b.Elapsed().Seconds(), "lines/s")
}
