package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"haproxy-alert/testdata/bench/part"
	"haproxy-alert/testdata/bench/report"
)

// small is enough to see that each part measures.
func small() []named {
	const traffic = 1 << 20
	return []named{
		{"replay", part.Replay{Bytes: 2 << 20, Pairs: 1, SlowPairs: 1}},
		{"udp", part.UDP{Traffic: traffic, Pairs: 1, Seconds: 0.02, Rates: []int{5000}, FullRuns: 1, Datagrams: 5000}},
		{"tcp", part.TCP{Traffic: traffic, Pairs: 1, Lines: 2000}},
		{"steady", part.Steady{Traffic: traffic, Lasts: 300 * time.Millisecond}},
		{"latency", part.Latency{Rounds: 1, Mails: 2}},
		{"journal", part.Journal{Bursts: []int{1, 10}, Appends: 2, Runs: 1}},
		{"memory", part.Memory{Known: 200, Down: 100, Runs: 1}},
		{"start", part.Start{Facts: 2000, Runs: 1}},
	}
}

// TestPartsMeasure runs all parts in a small size, ours alone.
func TestPartsMeasure(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "haproxy-alert")
	if said, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "../../cmd/haproxy-alert").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	var log bytes.Buffer
	t.Setenv("TMPDIR", t.TempDir())
	began := time.Now()
	sections, err := measure(t.Context(), part.Bench{Binary: binary, Alone: true, Log: &log}, small())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("measured in %v\n%s", time.Since(began), log.String())
	if err := failures(sections); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	wanted := map[string]report.Verdict{"replay, plain": "", "line to DATA, p99": "", "memory, many servers known": report.Met, "start after a stop": ""}
	rows := document(sections).Rows()
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
	all := full(1<<20, time.Minute)
	for list, want := range map[string]string{"": "replay udp tcp steady latency journal memory start", "udp,replay": "replay udp", "journal": "journal"} {
		chosen, err := choose(all, list)
		var names []string
		for _, p := range chosen {
			names = append(names, p.name)
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("BENCH=%s is %q, %v, want %q", list, got, err, want)
		}
	}
	for _, list := range []string{"upd", "udp,", "udp,udpp"} {
		if _, err := choose(all, list); err == nil {
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
		var want []named
		if tt.logBytes > 0 {
			want = full(tt.logBytes, tt.lasts)
		}
		if got, err := sized(tt.bytes, tt.steady); (err == nil) != (want != nil) || !reflect.DeepEqual(got, want) {
			t.Errorf("BENCH_BYTES=%s BENCH_STEADY=%s: %+v, %v", tt.bytes, tt.steady, got, err)
		}
	}
}

// TestDocumentTellsNoName keeps this machine's name and folders out of the page.
func TestDocumentTellsNoName(t *testing.T) {
	var page bytes.Buffer
	if err := document(nil).Write(&page); err != nil {
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
