package parse

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"haproxy-alert/testdata/corpus"
)

// bodies yields the message of every captured line in format rfc3164, with the
// name of its file.
func bodies(tb testing.TB) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for name, data := range corpus.Files("haproxy-*/*.log") {
			for line := range strings.Lines(string(data)) {
				text, ok := body(strings.TrimSuffix(line, "\n"))
				if !ok {
					tb.Fatalf("%s: no header: %q", name, line)
				}
				if !yield(name, text) {
					return
				}
			}
		}
	}
}

// TestCorpus reads every captured line and compares it with the grammar, in
// every field both know. It also holds how much of each kind there is, so that
// it cannot pass by recognising nothing.
func TestCorpus(t *testing.T) {
	oracle := loadGrammar(t)
	counts := map[Kind]int{}
	traffic, candidates := 0, 0
	for file, text := range bodies(t) {
		e, ok := Line(text)
		want, health := oracle.read(text)
		if ok != health {
			t.Fatalf("%s: event %v, grammar says %v (%s): %q", file, ok, health, want.rule, text)
		}
		if !ok {
			traffic++
			if Candidate([]byte(text)) {
				candidates++
			}
			continue
		}
		counts[e.Kind]++
		if diff := disagree(e, want); diff != "" {
			t.Fatalf("%s: %s: %q", file, diff, text)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d %v", counts[k], k)
	}
	t.Logf("%6d lines of traffic, %d of them candidates", traffic, candidates)
	if counts[ServerDown] < 1500 || counts[NoServer] < 800 || counts[CheckFailed] < 800 || traffic < 25000 {
		t.Error("the corpus is not all there")
	}
	if candidates*1000 > traffic {
		t.Errorf("%d of %d lines of traffic are candidates, want at most 1 in 1000", candidates, traffic)
	}
}

// disagree says in what an event differs from the grammar's reading.
func disagree(e Event, want said) string {
	g := want.groups
	if e.Kind != want.kind() || e.Truncated {
		return fmt.Sprintf("kind %v, truncated %v, grammar says %v", e.Kind, e.Truncated, want.kind())
	}
	if want.rule == "sighup" || want.rule == "process" {
		return "" // the grammar says no more
	}
	via := ""
	if g["vbe"] != "" {
		via = g["vbe"] + "/" + g["vsrv"]
	}
	num, state := "", ""
	switch want.rule {
	case "check":
		num, state = g["n"], g["st"]
	case "server_maint_end":
		state = g["st"] + "/" + g["adm"]
	case "server_drain_end":
		state = g["st"]
	}
	for _, f := range []struct{ name, got, want string }{
		{"proxy", e.Proxy, g["be"]},
		{"server", e.Server, g["srv"]},
		{"backup", fmt.Sprint(e.Backup), fmt.Sprint(g["backup"] != "")},
		{"agent", fmt.Sprint(e.Agent), fmt.Sprint(g["kind"] == "Agent")},
		{"via", e.Via, via},
		{"cause", e.Cause, want.cause()},
		{"reason", e.Reason, g["reason"]},
		{"code", digits(e.Code), g["code"]},
		{"info", e.Info, decodeInfo(g["info"])},
		{"duration", digits(e.CheckDurationMS), g["dur"]},
		{"num", digits(e.StatusNum), num},
		{"den", digits(e.StatusDen), g["m"]},
		{"state", e.StatusState, state},
		{"active", digits(e.Active), g["act"]},
		{"backup left", digits(e.BackupLeft), g["bck"]},
		{"running on backup", fmt.Sprint(e.RunningOnBackup), fmt.Sprint(g["rob"] != "")},
	} {
		if f.got != f.want {
			return fmt.Sprintf("%s %q, grammar says %q", f.name, f.got, f.want)
		}
	}
	return ""
}

func digits(n Number) string {
	if !n.Said {
		return ""
	}
	return fmt.Sprint(n.Value)
}

// TestDatagrams does the same for the second, independent capture of nine
// versions, whose lines cut by "len 80" must be read as what they are cut from.
func TestDatagrams(t *testing.T) {
	oracle := loadGrammar(t)
	whole, cut := 0, 0
	for line := range strings.Lines(string(corpus.File("datagrams.jsonl"))) {
		var d struct{ Version, Format, Scenario, Datagram string }
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		text, ok := body(d.Datagram)
		if !ok {
			continue // another header: package syslog reads it
		}
		text = strings.TrimSuffix(text, "\n")
		e, ok := Line(text)
		want, health := oracle.read(text)
		switch {
		case ok && e.Truncated && d.Format == "short80":
			cut++
		case ok != health:
			t.Errorf("%s %s: event %v, grammar says %v: %q", d.Version, d.Format, ok, health, text)
		case ok:
			whole++
			if diff := disagree(e, want); diff != "" {
				t.Errorf("%s %s: %s: %q", d.Version, d.Format, diff, text)
			}
		}
	}
	t.Logf("%d whole lines, %d cut", whole, cut)
	if whole < 1000 || cut < 20 {
		t.Errorf("%d whole lines and %d cut ones: the capture is not all there", whole, cut)
	}
}

// TestShapes reads the example of every shape twelve versions wrote.
func TestShapes(t *testing.T) {
	oracle := loadGrammar(t)
	for line := range strings.Lines(string(corpus.File("shapes.tsv"))) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		text, ok := body(cells[4])
		if !ok {
			t.Fatalf("no header: %q", cells[4])
		}
		_, health := oracle.read(text)
		if _, ok := Line(text); ok != health {
			t.Errorf("event %v, grammar says %v: %q", ok, health, text)
		}
	}
}
