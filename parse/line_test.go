package parse

import (
	"strings"
	"testing"

	"haproxy-alert/testdata/corpus"
)

// trafficLine is a common HTTP log line.
const trafficLine = `127.0.0.1:46196 [21/Nov/2026:07:18:43.496] fe_http be_404/n2 0/0/0/0/0 200 66 - - ---- 1/1/0/0/0 0/0 {curl/7.88.1} "GET /n404/b HTTP/1.1"`

// TestCandidateAllocatesNothing holds the hot path of the receivers.
func TestCandidateAllocatesNothing(t *testing.T) {
	texts := [][]byte{[]byte(trafficLine), []byte(lines.rows[0].example), []byte("be_dns/d1 changed its IP from"), {}, []byte("x")}
	if n := testing.AllocsPerRun(100, func() {
		for _, text := range texts {
			Candidate(text)
		}
	}); n != 0 {
		t.Errorf("Candidate allocates %v times", n)
	}
}

// TestLineIsTotal runs Line over every beginning of long and odd texts.
func TestLineIsTotal(t *testing.T) {
	for _, text := range hostile {
		for n := range len(text) {
			if e, ok := Line(text[n:]); ok && n > 0 && e.Proxy != "x" && e.Proxy != "a" {
				t.Errorf("%+v from %q", e, text[n:])
			}
		}
	}
}

func BenchmarkCandidate(b *testing.B) {
	for _, bm := range []struct{ name, text string }{
		{"traffic", trafficLine},
		{"connect", "Connect from 127.0.0.1:47722 to 127.0.0.1:22002 (fe_plain/HTTP)"},
		{"json", `{"time":"21/Nov/2026:07:27:08.220","client":"127.0.0.1","frontend":"fe_json","backend":"be_agent","server":"a2","status":200}`},
		{"health", lines.rows[0].example},
		{"address", "be_dns/d1 changed its IP from 127.0.0.1 to 127.0.0.5 by rr/ns1."},
	} {
		b.Run(bm.name, func(b *testing.B) {
			text := []byte(bm.text)
			b.ReportAllocs()
			for b.Loop() {
				Candidate(text)
			}
		})
	}
}

func BenchmarkLine(b *testing.B) {
	for _, bm := range []struct{ name, text string }{
		{"down", lines.rows[0].example},
		{"via", "Server be_track/t1 is DOWN via be_tcp/s1. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."},
		{"check", `Health check for server db_tcp/db-1 failed, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms, status: 2/3 UP.`},
		{"no server", "backend be_smtp has no server available!"},
		{"cut", lines.rows[0].example[:80]},
		{"near miss", lines.rows[0].example + "x"},
		{"traffic", trafficLine},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Line(bm.text)
			}
		})
	}
}

// BenchmarkCorpus reads what six processes wrote, traffic included.
func BenchmarkCorpus(b *testing.B) {
	var all [][]byte
	size := 0
	for _, data := range corpus.Files("haproxy-*/*.log") {
		for line := range strings.Lines(string(data)) {
			text, _ := body(strings.TrimSuffix(line, "\n"))
			all = append(all, []byte(text))
			size += len(text)
		}
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range all {
			if Candidate(text) {
				Line(string(text))
			}
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	text := lines.rows[0].example + "x"
	for b.Loop() {
		Nearest(text)
	}
}
