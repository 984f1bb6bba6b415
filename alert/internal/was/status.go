package was

import "haproxy-alert/parse"

// status is what one load balancer last said of a server.
type status uint8

// The states of a server. A server nobody spoke of is up: HAProxy starts every
// server up without a line.
const (
	up       status = iota
	down            // failed
	forced          // taken down by an operator: CLI, stats page, Lua
	stopping        // asked to get no new work (disable-on-404)
	draining
	maintenance
)

// planned reports whether the state is an operator's or the application's wish.
func (s status) planned() bool { return s >= forced }

// word is how notices call the state.
func (s status) word() string {
	return [...]string{"up", "down", "taken down", "stopping", "draining", "in maintenance"}[s]
}

// next returns the state in which a line leaves a server. It is the whole table
// of state against kind; lines that are not in it change nothing.
func (v *view) next(ev parse.Event) status {
	switch ev.Kind {
	case parse.ServerDown:
		return v.afterDown(ev)
	case parse.ServerUp:
		if v.Status == draining { // its check passes again; the drain goes on
			return draining
		}
		return up
	case parse.ServerStopping:
		return stopping
	case parse.ServerDrain:
		return draining
	case parse.ServerMaint:
		return maintenance
	case parse.ServerMaintEnd, parse.ServerDrainEnd:
		return v.afterWork(ev)
	case parse.CheckFailed, parse.CheckPassed:
		return v.afterCheck(ev)
	default:
		return v.Status
	}
}

// afterDown: a server that was draining or stopping was already taken out of
// service on purpose, and HAProxy itself lowers the line to notice.
func (v *view) afterDown(ev parse.Event) status {
	switch {
	case v.Status == draining || v.Status == stopping:
		return v.Status
	case ev.Cause == fromStateFile && v.Status.planned():
		return v.Status // a new process repeats what the old one knew
	case byOperator(ev.Cause):
		return forced
	}
	return down
}

// fromStateFile is the cause of what a new process read in its server-state file.
const fromStateFile = "server-state after a reload"

// byOperator tells an operator's act from a server-state file.
func byOperator(cause string) bool {
	return cause == "CLI" || cause == "Web interface" || cause == "Lua script"
}

// afterWork reads the state word of a line that ends maintenance or drain. The
// line of a DNS answer has none; it comes with one that has.
func (v *view) afterWork(ev parse.Event) status {
	switch ev.StatusState {
	case "UP/DRAIN", "DOWN/DRAIN":
		return draining
	case "DOWN/READY", "DOWN":
		return down
	case "UP/READY", "UP":
		return up
	}
	return v.Status
}

// afterCheck lets check lines stand for DOWN and UP lines that a site filters
// out. Agents are left out: their state word is that of the agent, not of the
// server.
func (v *view) afterCheck(ev parse.Event) status {
	switch {
	case ev.Agent:
	case ev.Kind == parse.CheckFailed && ev.StatusState == "DOWN" && v.Status == up:
		return down
	case ev.Kind == parse.CheckPassed && ev.StatusState == "UP" && v.Status == down && v.ByCheck:
		return up
	}
	return v.Status
}
