package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haproxy-alert/testdata/bench/report"
)

// small is enough to see that each part measures.
func small() size {
	return size{
		logBytes: 2 << 20, pairs: 1, slowPairs: 1, traffic: 1 << 20, seconds: 0.02, rates: []int{5000},
		fullRuns: 1, fullDatagrams: 5000, streamLines: 2000, rounds: 1, mails: 2,
		bursts: []int{1, 10}, appends: 2, known: 200, down: 100, facts: 2000, steady: 300 * time.Millisecond,
	}
}

// TestPartsMeasure runs all parts in a small size, ours alone.
func TestPartsMeasure(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "haproxy-alert")
	if said, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "../../cmd/haproxy-alert").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	var log bytes.Buffer
	b := &bench{binary: binary, size: small(), alone: true, log: &log}
	began := time.Now()
	sections, err := b.measure(t.Context(), b.parts())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("measured in %v\n%s", time.Since(began), log.String())
	if err := failures(sections); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
	if _, err := os.Stat(b.dir); !os.IsNotExist(err) {
		t.Errorf("its folder is still there: %v", err)
	}
	wanted := map[string]report.Verdict{"replay, plain": "", "line to DATA, p99": "", "memory, many servers known": report.Met, "start after a stop": ""}
	rows := b.document(sections).Rows()
	for _, r := range rows {
		verdict, asked := wanted[r.What]
		if asked && len(r.Ours) > 0 && (verdict == "" || r.Verdict() == verdict) {
			delete(wanted, r.What)
		}
	}
	if len(wanted) > 0 {
		t.Errorf("no rows %v in %v", wanted, rows)
	}
}

func TestChoose(t *testing.T) {
	b := &bench{}
	for list, want := range map[string]string{"": "replay udp tcp steady latency journal memory start", "udp,replay": "replay udp", "journal": "journal"} {
		chosen, err := b.choose(list)
		var names []string
		for _, p := range chosen {
			names = append(names, p.name)
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("BENCH=%s is %q, %v, want %q", list, got, err, want)
		}
	}
	for _, list := range []string{"upd", "udp,", "udp,udpp"} {
		if _, err := b.choose(list); err == nil {
			t.Errorf("BENCH=%s is taken", list)
		}
	}
}

func TestSized(t *testing.T) {
	for _, tt := range []struct {
		bytes, steady string
		logBytes      int64
		lasts         time.Duration
	}{
		{"", "", 1_000_000_000, time.Minute},
		{"2000000", "", 2_000_000, time.Minute},
		{"", "10m", 1_000_000_000, 10 * time.Minute},
		{"1G", "", 0, 0},
		{"-1", "", 0, 0},
		{"10", "", 0, 0},
		{"", "10", 0, 0},
		{"", "-1m", 0, 0},
	} {
		s, err := sized(tt.bytes, tt.steady)
		if refused := tt.logBytes == 0; refused != (err != nil) || !refused && (s.logBytes != tt.logBytes || s.steady != tt.lasts) {
			t.Errorf("BENCH_BYTES=%s BENCH_STEADY=%s: %d bytes, %v, %v", tt.bytes, tt.steady, s.logBytes, s.steady, err)
		}
	}
}

// TestDocumentTellsNoName keeps this machine's name and folders out of the page.
func TestDocumentTellsNoName(t *testing.T) {
	var page bytes.Buffer
	if err := (&bench{}).document(nil).Write(&page); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{" " + host + " ", here, os.TempDir() + "/"} {
		if strings.Contains(page.String(), name) {
			t.Errorf("the page names %q:\n%s", name, page.String())
		}
	}
	if !strings.Contains(page.String(), " cores (") || strings.Contains(page.String(), "unknown") {
		t.Errorf("the machine is not told of:\n%s", page.String())
	}
}
