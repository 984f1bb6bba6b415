package main

import (
	"slices"
	"strings"
	"testing"
)

// silence is a truth that no log line tells: for some servers, from one scenario
// to another, HAProxy is in one state while all that it ever wrote says another.
// Every one of them has to occur, or the test fails.
type silence struct {
	versions  string // separated by blanks
	from, to  string // scenarios, both included
	subjects  string // servers, and proxies for "no server available"
	want, got string
	why       string
}

// spot is a server, or a proxy, at the end of a scenario.
type spot struct{ version, scenario, subject string }

const (
	everyVersion  = "haproxy-1.5.0 haproxy-1.7.0 haproxy-1.8.0 haproxy-2.0.0 haproxy-2.6.12 haproxy-3.2.0"
	webAndTracker = "be.web-dots/web.srv-01 be_track/t1 be_track/t2"
)

var silences = []silence{
	{
		everyVersion, "start", "admin-state", "be_maint/m1", isMaint, isUp,
		"a server that its configuration disables is born in maintenance without a line; scenario disable-enable enables it and disables it again",
	},
	{
		"haproxy-1.8.0", "admin-state", "disable-enable", webAndTracker, isUp, isDown,
		"1.8.0 checks no more after maintenance or drain of a server that was down: it is well, but HAProxy has it down (its counts and its traffic agree) until \"set server health up\"",
	},
	{
		"haproxy-1.8.0 haproxy-2.0.0 haproxy-2.6.12 haproxy-3.2.0", "weight", "weight", "be_single", isUp, isNone,
		"weight 0 on the last server logs \"no server available\", the weight's return nothing",
	},
	{
		"haproxy-2.6.12 haproxy-3.2.0", "dynamic", "kill9-outage", "be_dyn/dyn-new.1 be_dyn/dyn2", isGone, isMaint,
		"a server has to be in maintenance to be deleted, and \"del server\" logs nothing",
	},
	{
		"haproxy-1.5.0", "reload-down", "softstop", "be.web-dots/web_srv_02", isUp, isMaint,
		"a reload loses maintenance from the CLI without a line",
	},
	{
		"haproxy-1.7.0 haproxy-1.8.0 haproxy-2.0.0 haproxy-2.6.12 haproxy-3.2.0", "reload-down", "reload-down", "be.web-dots/web_srv_02", isUp, isMaint,
		"a reload loses maintenance from the CLI without a line; scenario reload-statefile puts it in maintenance and out again",
	},
	{
		"haproxy-1.7.0 haproxy-3.2.0", "reload-heals", "softstop", "be.web-dots/web_srv_02", isUp, isMaint,
		"a reload loses maintenance from the CLI without a line",
	},
	{
		"haproxy-1.7.0 haproxy-3.2.0", "reload-heals", "softstop", webAndTracker + " be_single/s1", isUp, isDown,
		"what heals during a reload is up for the new process from the start, and that has no line",
	},
	{
		"haproxy-1.7.0 haproxy-3.2.0", "reload-heals", "softstop", "be_single", isUp, isNone,
		"its only server healed during the reload",
	},
	{
		everyVersion, "sigint-outage", "kill9-outage", "be_single/s1", isUp, isDown,
		"HAProxy was killed while the server was down, and nobody was left to see it heal; before the second kill a new process said DOWN anew",
	},
	{
		everyVersion, "sigint-outage", "kill9-outage", "be_single", isUp, isNone,
		"the same for its proxy",
	},
}

// exceptions are silences by the places they hold for.
type exceptions struct {
	states map[spot][2]string // want and got
	met    map[spot]bool
}

// listed lays the silences out over the scenarios of the captures.
func listed(t *testing.T, all []capture) exceptions {
	t.Helper()
	e := exceptions{map[spot][2]string{}, map[spot]bool{}}
	for _, s := range silences {
		for _, c := range all {
			if !slices.Contains(strings.Fields(s.versions), c.version) {
				continue
			}
			for _, name := range c.stretch(t, s.from, s.to) {
				for subject := range strings.FieldsSeq(s.subjects) {
					e.states[spot{c.version, name, subject}] = [2]string{s.want, s.got}
				}
			}
		}
	}
	return e
}

// stretch names the scenarios from one to another.
func (c capture) stretch(t *testing.T, from, to string) (names []string) {
	t.Helper()
	for _, s := range c.scenarios {
		if s.name == from || len(names) > 0 && names[len(names)-1] != to {
			names = append(names, s.name)
		}
	}
	if len(names) == 0 || names[len(names)-1] != to {
		t.Fatalf("%s: no scenarios from %q to %q", c.version, from, to)
	}
	return names
}

// compare holds a state against the truth, where no exception explains it.
func (e exceptions) compare(t *testing.T, at spot, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	if e.states[at] != [2]string{want, got} {
		t.Errorf("%s, end of %s: %s is said to be %s and is %s", at.version, at.scenario, at.subject, got, want)
	}
	e.met[at] = true
}

// done asks for exceptions that no longer occur.
func (e exceptions) done(t *testing.T) {
	t.Helper()
	for at := range e.states {
		if !e.met[at] {
			t.Errorf("%s, end of %s: %s is right now; take it from the list", at.version, at.scenario, at.subject)
		}
	}
}
