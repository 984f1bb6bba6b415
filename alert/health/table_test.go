package health_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/internal/alerttest"
)

// lead are lines that bring a server into each state.
var lead = []struct {
	state string
	lines []string
}{
	{"up", nil},
	{"down", []string{"Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms" + alerttest.Left}},
	{"taken down", []string{"Server be/s1 is DOWN, changed from CLI" + alerttest.Left}},
	{"stopping", []string{"Server be/s1 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 1ms" + alerttest.Left}},
	{"draining", []string{"Server be/s1 enters drain state" + alerttest.Left}},
	{"in maintenance", []string{"Server be/s1 is going DOWN for maintenance" + alerttest.Left}},
}

// TestTable is the whole of status against kind of line: where each line leaves a server.
func TestTable(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string // in the order of lead
	}{
		{"Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms" + alerttest.Left, []string{"down", "down", "down", "stopping", "draining", "down"}},
		{"Server be/s1 is UP, reason: Layer4 check passed, check duration: 1ms" + alerttest.Online, []string{"up", "up", "up", "up", "draining", "up"}},
		{"Server be/s1 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 1ms" + alerttest.Left, same("stopping")},
		{"Server be/s1 enters drain state" + alerttest.Left, same("draining")},
		{"Server be/s1 is going DOWN for maintenance" + alerttest.Left, same("in maintenance")},
		{"Server be/s1 is UP/READY (leaving forced maintenance).", same("up")},
		{"Server be/s1 is DOWN/READY (leaving forced maintenance).", same("down")},
		{"Server be/s1 is UP (leaving forced drain).", same("up")},
		{"Health check for server be/s1 failed, reason: Layer4 timeout, check duration: 1ms, status: 0/2 DOWN.", []string{"down", "down", "taken down", "stopping", "draining", "in maintenance"}},
		{"Health check for server be/s1 failed, reason: Layer4 timeout, check duration: 1ms, status: 2/3 UP.", unchanged()},
		{"Health check for server be/s1 succeeded, reason: Layer4 check passed, check duration: 1ms, status: 3/3 UP.", unchanged()},
	} {
		for k, from := range lead {
			table := &health.Table{}
			table.Configure(alert.Policy{}, alert.Overflow{})
			at := alerttest.Start
			for _, line := range append(from.lines, tt.line) {
				at = at.Add(time.Second)
				note(t, table, at, line)
			}
			if got := stateOf(table); got != tt.want[k] {
				t.Errorf("%s, then %q: %s, want %s", from.state, tt.line, got, tt.want[k])
			}
		}
	}
}

// A check line that called a server down may call it up again; a DOWN line's word stands
// until an UP line.
func TestCheckLinesStandForMissingOnes(t *testing.T) {
	failed := "Health check for server be/s1 failed, reason: Layer4 timeout, check duration: 1ms, status: 0/2 DOWN."
	passed := "Health check for server be/s1 succeeded, reason: Layer4 check passed, check duration: 1ms, status: 3/3 UP."
	said := "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms" + alerttest.Left
	for want, lines := range map[string][]string{"up": {failed, passed}, "down": {failed, said, passed}} {
		table := &health.Table{}
		table.Configure(alert.Policy{}, alert.Overflow{})
		for k, line := range lines {
			note(t, table, alerttest.Start.Add(time.Duration(k)*time.Second), line)
		}
		if got := stateOf(table); got != want {
			t.Errorf("%s: %s, want %s", strings.Join(lines, "; "), got, want)
		}
	}
}

func TestMeet(t *testing.T) {
	table := &health.Table{}
	table.Configure(alert.Policy{ReloadGrace: 5 * time.Second}, alert.Overflow{})
	down := "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms" + alerttest.Left
	for k, step := range []struct {
		pid, line string
		want      int  // signs of a reload
		grace     bool // what goes down now is put down to it
	}{
		{"1", down, 0, false},                        // the first that is heard of
		{"1", down, 0, false},                        // known
		{"2", down, 1, true},                         // new
		{"1", down, 0, true},                         // the old one is alive after all
		{"2", "Stopping proxy be in 0 ms.", 1, true}, // it goes
		{"3", "Stopping proxy be in 0 ms.", 2, true}, // it goes, and was not known
		{"3", "Proxy be started.", 0, true},
	} {
		f := alerttest.Observed(t, alerttest.Start.Add(time.Duration(k)*time.Second), "lb1", step.pid, step.line)
		if got := table.Meet(f); got != step.want {
			t.Errorf("line %d: %d signs of a reload, want %d", k, got, step.want)
		}
		if got := !table.Grace(f).IsZero(); got != step.grace {
			t.Errorf("line %d: in grace %v, want %v", k, got, step.grace)
		}
	}
}

func TestAwayIsCounted(t *testing.T) {
	table := &health.Table{}
	table.Configure(alert.Policy{}, alert.Overflow{})
	for k := range 3 {
		note(t, table, alerttest.Start, fmt.Sprintf("Server be/s%d is DOWN, reason: Layer4 timeout, check duration: 1ms%s", k, alerttest.Left))
	}
	if got := table.Away("be"); got != 3 {
		t.Errorf("%d servers are away, want 3", got)
	}
	table.PresumeUp("be/s1")
	table.Forget("be/s1")
	table.Forget("be/s2") // is down, and stays
	if got, keys := table.Away("be"), table.Keys("be"); got != 2 || len(keys) != 2 {
		t.Errorf("%d of %v are away, want 2 of 2", got, keys)
	}
}

func note(t *testing.T, table *health.Table, at time.Time, line string) {
	t.Helper()
	f := alerttest.Observed(t, at, "lb1", "1", line)
	key := table.ServerKey(f)
	sv, v := table.Server(key, f)
	table.Note(key, sv, v, f)
}

func stateOf(table *health.Table) string { return table.Standings()[0].State }

func same(state string) []string {
	var all []string
	for range lead {
		all = append(all, state)
	}
	return all
}

func unchanged() []string {
	var all []string
	for _, from := range lead {
		all = append(all, from.state)
	}
	return all
}
