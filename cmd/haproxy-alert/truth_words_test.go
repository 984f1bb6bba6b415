package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"haproxy-alert/parse"
)

// miscounts are lines whose counts are not those of the states told before: a
// server's last line in a scenario, by version. Every one of them has to occur.
var miscounts = []struct{ versions, scenario, server, why string }{
	{everyVersion, "disable-enable", "be_maint/m2", "m1 beside it was born in maintenance: see silences"},
	{"haproxy-1.5.0 haproxy-1.7.0", "weight", "be_single/s1", "it comes up with weight 0, and is not counted"},
	{"haproxy-1.5.0 haproxy-1.7.0", "storm", "be_agent/a1", "a2's check line came before, its DOWN line after"},
	{"haproxy-1.8.0", "storm", "db_tcp/db-2", "db-1's check line came before, its DOWN line after"},
	{"haproxy-1.8.0", "storm", "be_q/q2", "1.8.0 counts a server some milliseconds before it writes its line"},
}

// HAProxy tells in most lines how many servers of the proxy it can use after the
// change. Counted over the states that the lines so far made, it is the same
// number. Where processes overlap each counts for itself: such scenarios are left
// out, and proxies that a silence is about.
func TestTruthOfCounts(t *testing.T) {
	compared, odd := 0, map[spot]bool{}
	for _, c := range captures(t) {
		f, servers := newFolding(), stations(c.config)
		for _, s := range c.scenarios {
			f.each = func(frame []byte, ev parse.Event) {
				if !ev.Active.Said || s.spawns() || c.silent(t, s.name, ev.Proxy) {
					return
				}
				compared++
				active, backup := f.usable(servers, ev.Proxy)
				if active == ev.Active.Value && backup == ev.BackupLeft.Value {
					return
				}
				odd[spot{c.version, s.name, ev.Key()}] = true
				if !miscounted(c.version, s.name, ev.Key()) {
					t.Errorf("%s, %s: %d active and %d backup for us: %q", c.version, s.name, active, backup, frame)
				}
			}
			f.take(s.log)
		}
	}
	for _, m := range miscounts {
		for version := range strings.FieldsSeq(m.versions) {
			if !odd[spot{version, m.scenario, m.server}] {
				t.Errorf("%s, %s: the counts of %s are right now; take it from the list", version, m.scenario, m.server)
			}
		}
	}
	t.Logf("%d counts compared, %d exceptions", compared, len(odd))
}

func miscounted(version, scenario, server string) bool {
	for _, m := range miscounts {
		if m.scenario == scenario && m.server == server && slices.Contains(strings.Fields(m.versions), version) {
			return true
		}
	}
	return false
}

// spawns reports whether a scenario began a further process.
func (s scenario) spawns() bool {
	return s.name != "start" && slices.ContainsFunc(s.actions, func(a action) bool { return a.Kind == "spawn" })
}

// silent reports whether a silence is about a server of the proxy.
func (c capture) silent(t *testing.T, scenario, proxy string) bool {
	return slices.ContainsFunc(silences, func(s silence) bool {
		about := strings.HasPrefix(s.subjects, proxy) || strings.Contains(s.subjects, " "+proxy+"/")
		return about && slices.Contains(strings.Fields(s.versions), c.version) && slices.Contains(c.stretch(t, s.from, s.to), scenario)
	})
}

// usable counts the servers of a proxy that are up.
func (f *folding) usable(servers map[string]station, proxy string) (active, backup int) {
	states := f.states()
	for key, s := range servers {
		switch {
		case s.proxy != proxy || stateOf(states, key, isUp) != isUp:
		case s.backup:
			backup++
		default:
			active++
		}
	}
	return active, backup
}

// SIGHUP makes HAProxy write down whether each server is up. The lines change
// nothing; they agree with what was known.
func TestTruthOfDumps(t *testing.T) {
	compared := 0
	for _, c := range captures(t) {
		f := newFolding()
		for _, s := range c.scenarios {
			if s.name == "signals" {
				break
			}
			f.take(s.log)
		}
		states := f.states()
		for _, ev := range events(c.scenario(t, "signals").log) {
			if ev.Kind != parse.StateDump || ev.Server == "" {
				continue
			}
			compared++
			state := stateOf(states, ev.Key(), isUp)
			lie := c.version == "haproxy-1.8.0" && ev.Key() == "be_maint/m1" // 1.8.0 says UP of a server in maintenance
			if up := ev.StatusState == "UP"; up != (state == isUp) && !lie {
				t.Errorf("%s: %s is said to be %s, SIGHUP says %s", c.version, ev.Key(), state, ev.StatusState)
			}
		}
	}
	t.Logf("%d servers compared", compared)
	if compared < 200 {
		t.Error("the dumps are not all there")
	}
}

// The stats socket's "show servers state" agrees as well.
func TestTruthOfShownStates(t *testing.T) {
	compared := 0
	for _, c := range captures(t) {
		f := newFolding()
		for _, s := range c.scenarios {
			f.take(s.log)
			for _, a := range s.actions {
				for key, shown := range shownStates(a) {
					compared++
					if state := f.at(key, a); state != shown {
						t.Errorf("%s, %s: %s is said to be %s and shown as %s", c.version, s.name, key, state, shown)
					}
				}
			}
		}
	}
	t.Logf("%d states compared", compared)
	if compared == 0 {
		t.Error("nothing was shown")
	}
}

// at is the state of a server when an action was done.
func (f *folding) at(key string, a action) string {
	state := isUp
	for _, turn := range f.history[key] {
		if turn.at.Before(a.time()) {
			state = turn.state
		}
	}
	return state
}

// shownStates reads the reply of "show servers state" (format 1: doc/management.txt,
// "show servers state"; srv_op_state and srv_admin_state are its sixth and seventh
// words).
func shownStates(a action) map[string]string {
	all := map[string]string{}
	if !strings.HasPrefix(a.Cmd, "show servers state") {
		return all
	}
	for line := range strings.Lines(a.Reply) {
		words := strings.Fields(line)
		if len(words) < 7 || words[0] == "#" {
			continue
		}
		const maint, drain = 0x01 | 0x02 | 0x04 | 0x20, 0x08 | 0x10
		admin, _ := strconv.Atoi(words[6])
		state := []string{isDown, isUp, isUp, isStopping}[words[5][0]-'0'] // stopped, starting, running, stopping
		switch {
		case admin&maint != 0:
			state = isMaint
		case admin&drain != 0:
			state = isDraining
		}
		all[words[1]+"/"+words[3]] = state
	}
	return all
}
