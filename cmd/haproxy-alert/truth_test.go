package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/testdata/corpus"
)

// action is a row of a capture's actions.jsonl: what was done and what was awaited.
type action struct {
	T        float64 `json:"t"`
	Scenario string  `json:"scenario"`
	Kind     string  `json:"kind"`
	RX       string  `json:"rx"`
	OK       bool    `json:"ok"`
}

var awaited = regexp.MustCompile(`erver (\S+) is (DOWN|UP)$`)

// outages are the outages of a scenario, by server, as the capture awaited them:
// a DOWN and an UP each.
func outages(t *testing.T, version, scenario string) map[string][][2]time.Time {
	t.Helper()
	found := map[string][][2]time.Time{}
	dec := json.NewDecoder(bytes.NewReader(corpus.File(path.Join(version, "actions.jsonl"))))
	for {
		var a action
		if err := dec.Decode(&a); err == io.EOF {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		m := awaited.FindStringSubmatch(strings.ReplaceAll(a.RX, `\`, ""))
		if a.Kind != "expect" || !a.OK || m == nil || !strings.HasSuffix(a.Scenario, scenario) {
			continue
		}
		at := time.UnixMicro(int64(a.T * 1e6))
		if list := found[m[1]]; m[2] == "DOWN" {
			found[m[1]] = append(list, [2]time.Time{at})
		} else {
			list[len(list)-1][1] = at
		}
	}
}

// Replay closes the incidents that the capture's own record of what it did to the
// backends demands: each, in order, at its time.
func TestReplayAgreesWithActions(t *testing.T) {
	compared := 0
	for name, text := range corpus.Files("haproxy-*/11-flap5.log") {
		version := path.Dir(name)
		t.Run(version, func(t *testing.T) {
			got := closed(t, text)
			truth := outages(t, version, "11-flap5")
			if len(truth) == 0 {
				t.Fatal("no outages in actions.jsonl")
			}
			for server, want := range truth {
				if len(got[server]) != len(want) {
					t.Errorf("%s: %d incidents closed, want %d", server, len(got[server]), len(want))
					continue
				}
				for k, w := range want {
					i := got[server][k]
					if !near(i.Opened, w[0]) || !near(i.Closed, w[1]) {
						t.Errorf("%s: %v to %v, actions say %v to %v", server, i.Opened, i.Closed, w[0], w[1])
					}
					compared++
				}
			}
		})
	}
	t.Logf("%d outages compared", compared)
}

// near allows for the whole seconds of RFC 3164 and the capture's polling.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < 2*time.Second }

// closed replays a log and returns the incidents by key, in the order they closed.
func closed(t *testing.T, text []byte) map[string][]alert.Incident {
	t.Helper()
	name := filepath.Join(t.TempDir(), "haproxy.log")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", t.TempDir())
	var out bytes.Buffer
	if err := run(t.Context(), []string{"replay", "--json", "--year", "2026", "--tz", "UTC", name}, nil, &out, &out); err != nil {
		t.Fatal(err)
	}
	got := map[string][]alert.Incident{}
	for line := range bytes.Lines(out.Bytes()) {
		var o struct {
			Type string
			alert.Incident
		}
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if o.Type == "incident" && !o.Closed.IsZero() {
			got[o.Key] = append(got[o.Key], o.Incident)
		}
	}
	return got
}
