package health

import "haproxy-alert/parse"

// Status is what one load balancer last said of a server.
type Status uint8

// The states of a server. A server nobody spoke of is up: HAProxy starts every
// server up without a line.
const (
	Up       Status = iota
	Down            // failed
	Forced          // taken down by an operator: CLI, stats page, Lua
	Stopping        // asked to get no new work (disable-on-404)
	Draining
	Maintenance
)

// Planned reports whether the state is an operator's or the application's wish.
func (s Status) Planned() bool { return s >= Forced }

// String is how notices call the state.
func (s Status) String() string {
	return [...]string{"up", "down", "taken down", "stopping", "draining", "in maintenance"}[s]
}

// next returns the state in which a line leaves a server. It is the whole table
// of state against kind; lines that are not in it change nothing.
func (v *View) next(ev parse.Event) Status {
	switch ev.Kind {
	case parse.ServerDown:
		return v.afterDown(ev)
	case parse.ServerUp:
		if v.Status == Draining { // its check passes again; the drain goes on
			return Draining
		}
		return Up
	case parse.ServerStopping:
		return Stopping
	case parse.ServerDrain:
		return Draining
	case parse.ServerMaint:
		return Maintenance
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
func (v *View) afterDown(ev parse.Event) Status {
	switch {
	case v.Status == Draining || v.Status == Stopping:
		return v.Status
	case ev.Cause == fromStateFile && v.Status.Planned():
		return v.Status // a new process repeats what the old one knew
	case ByOperator(ev.Cause):
		return Forced
	}
	return Down
}

// fromStateFile is the cause of what a new process read in its server-state file.
const fromStateFile = "server-state after a reload"

// ByOperator tells an operator's act from a server-state file.
func ByOperator(cause string) bool {
	return cause == "CLI" || cause == "Web interface" || cause == "Lua script"
}

// afterWork reads the state word of a line that ends maintenance or drain. The
// line of a DNS answer has none; it comes with one that has.
func (v *View) afterWork(ev parse.Event) Status {
	switch ev.StatusState {
	case "UP/DRAIN", "DOWN/DRAIN":
		return Draining
	case "DOWN/READY", "DOWN":
		return Down
	case "UP/READY", "UP":
		return Up
	}
	return v.Status
}

// afterCheck lets check lines stand for DOWN and UP lines that a site filters
// out. Agents are left out: their state word is that of the agent, not of the
// server.
func (v *View) afterCheck(ev parse.Event) Status {
	switch {
	case ev.Agent:
	case ev.Kind == parse.CheckFailed && ev.StatusState == "DOWN" && v.Status == Up:
		return Down
	case ev.Kind == parse.CheckPassed && ev.StatusState == "UP" && v.Status == Down && v.ByCheck:
		return Up
	}
	return v.Status
}
