package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/testdata/corpus"
)

// action is a row of a capture's actions.jsonl: what was done to HAProxy and to the
// servers behind it, and what was awaited.
type action struct {
	T        float64 `json:"t"`
	Scenario string  `json:"scenario"`
	Kind     string  `json:"kind"`
	// RX and OK are those of "expect": the line awaited, and whether it came.
	RX string `json:"rx"`
	OK bool   `json:"ok"`
	// Names and Mode are those of "backend": which listeners behaved how from then
	// on; Raw is what they answered in mode raw. "proto" has a mode too.
	Names []string `json:"names"`
	Mode  string   `json:"mode"`
	Raw   string   `json:"raw"`
	// Cmd and Reply are those of "cli"; Body is the form of "stats-post".
	Cmd   string `json:"cmd"`
	Reply string `json:"reply"`
	Body  string `json:"body"`
	// Cfg and Args are those of "spawn", Sig is that of "signal".
	Cfg  string   `json:"cfg"`
	Args []string `json:"args"`
	Sig  string   `json:"sig"`
	// State is that of "ext" (the external check), Zone that of "dns".
	State string         `json:"state"`
	Zone  map[string]any `json:"zone"`
}

func (a action) time() time.Time { return time.UnixMicro(int64(a.T * 1e6)).UTC() }

// scene is the scenario's name without the capture's and its number: "flap5" of
// "mainb-11-flap5", and of the file "11-flap5.log".
func scene(name string) string {
	return afterNumber.ReplaceAllString(strings.TrimSuffix(path.Base(name), ".log"), "")
}

var afterNumber = regexp.MustCompile(`^(?:\w+-)?\d\d-`)

// actionsOf reads what was done to one captured version, in order.
func actionsOf(t *testing.T, version string) (all []action) {
	t.Helper()
	rows := json.NewDecoder(bytes.NewReader(corpus.File(path.Join(version, "actions.jsonl"))))
	for {
		var a action
		if err := rows.Decode(&a); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
}

// scenario is one scene of a capture: its log, and what was done meanwhile.
type scenario struct {
	name    string
	log     []byte
	actions []action
}

// capture is all that is known of one version.
type capture struct {
	version   string
	config    []byte
	scenarios []scenario // in the order in which they ran
}

// captures reads the six versions. A scenario that left no log (the SIGTERM one)
// has an empty one.
func captures(t *testing.T) (all []capture) {
	t.Helper()
	for name, config := range corpus.Files("haproxy-*/haproxy.cfg") {
		c := capture{version: path.Dir(name), config: config}
		logs := map[string][]byte{}
		for file, log := range corpus.Files(c.version + "/*.log") {
			logs[scene(file)] = log
		}
		for _, a := range actionsOf(t, c.version) {
			if a.Kind == "scenario" {
				c.scenarios = append(c.scenarios, scenario{name: scene(a.Scenario), log: logs[scene(a.Scenario)]})
				continue
			}
			s := &c.scenarios[len(c.scenarios)-1]
			s.actions = append(s.actions, a)
		}
		all = append(all, c)
	}
	if len(all) != 6 {
		t.Fatalf("%d captures, want 6", len(all))
	}
	return all
}

// scenario returns the one of that name.
func (c capture) scenario(t *testing.T, name string) scenario {
	t.Helper()
	k := slices.IndexFunc(c.scenarios, func(s scenario) bool { return s.name == name })
	if k < 0 {
		t.Fatalf("%s: no scenario %q", c.version, name)
	}
	return c.scenarios[k]
}
