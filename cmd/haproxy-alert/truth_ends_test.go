package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// At the end of each scenario every server is in the state that what was done to
// it demands. The whole capture of a version is one log here.
func TestTruthAtScenarioEnds(t *testing.T) {
	all := captures(t)
	except, compared := listed(t, all), 0
	for _, c := range all {
		w, f := newWorld(c.config), newFolding()
		for _, s := range c.scenarios {
			w.take(s.actions)
			f.take(s.log)
			want, got := w.states(), f.states()
			for _, subject := range subjects(want, got) {
				compared++
				except.compare(t, spot{c.version, s.name, subject}, stateOf(want, subject, isGone), stateOf(got, subject, isUp))
			}
		}
	}
	except.done(t)
	t.Logf("%d states compared, %d of them exceptions", compared, len(except.met))
}

// Of the servers that a scenario's log speaks of, that log alone says the truth. Of
// proxies it cannot: which of their servers were down before, it does not know.
func TestTruthOfEachScenarioAlone(t *testing.T) {
	all := captures(t)
	except, compared := listed(t, all), 0
	for _, c := range all {
		w := newWorld(c.config)
		for _, s := range c.scenarios {
			f := newFolding()
			w.take(s.actions)
			f.take(s.log)
			want, got := w.states(), f.states()
			for subject := range f.history {
				if !strings.Contains(subject, "/") {
					continue
				}
				compared++
				except.compare(t, spot{c.version, s.name, subject}, stateOf(want, subject, isGone), stateOf(got, subject, isUp))
			}
		}
	}
	t.Logf("%d states compared, %d of them exceptions", compared, len(except.met))
}

// subjects are the servers and proxies of both.
func subjects(a, b map[string]string) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// stateOf looks a server or proxy up; one that is not there is as said.
func stateOf(states map[string]string, subject, absent string) string {
	if s, ok := states[subject]; ok {
		return s
	}
	return absent
}
