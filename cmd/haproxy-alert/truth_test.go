package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
)

// The command replay closes the incidents that the capture's own record of what it
// did to the servers demands: each, in order, at its time.
func TestReplayAgreesWithActions(t *testing.T) {
	compared := 0
	for _, c := range captures(t) {
		t.Run(c.version, func(t *testing.T) {
			flap := c.scenario(t, "flap5")
			got, truth := closed(t, flap.log), flap.outages()
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

// outages are those of a scenario, by server, as the capture awaited them: a DOWN
// and an UP each.
func (s scenario) outages() map[string][][2]time.Time {
	found := map[string][][2]time.Time{}
	for _, a := range s.actions {
		m := awaitedServer.FindStringSubmatch(strings.ReplaceAll(a.RX, `\`, ""))
		if a.Kind != "expect" || !a.OK || m == nil {
			continue
		}
		if list := found[m[1]]; m[2] == "DOWN" {
			found[m[1]] = append(list, [2]time.Time{a.time()})
		} else {
			list[len(list)-1][1] = a.time()
		}
	}
	return found
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
