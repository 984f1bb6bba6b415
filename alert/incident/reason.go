package incident

import (
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/parse"
)

// maxAgentText is how many runes of an agent's text a reason may hold.
const maxAgentText = 60

// Why is the reason, or what an agent said of it: HAProxy calls each of its answers
// "Layer7 wrong status".
func (r *Record) Why() string {
	if r.Event.Kind == parse.ServerStopping && strings.Contains(r.Event.Reason, "conditionally passed") {
		return health.Stopping.String() + " (its check says so: 404)"
	}
	if said, ok := strings.CutPrefix(r.Event.Info, "via agent : "); ok {
		return "agent says " + alert.OneLine(said, maxAgentText)
	}
	return r.Reason
}

// PlannedWord is what a line of planned work makes of a server: "in maintenance"; empty
// for other kinds.
func PlannedWord(k parse.Kind) string {
	switch k {
	case parse.ServerMaint:
		return health.Maintenance.String()
	case parse.ServerDrain:
		return health.Draining.String()
	case parse.ServerStopping:
		return health.Stopping.String()
	default:
		return ""
	}
}

// reasonOf says in a few words why, as far as the line tells.
func reasonOf(ev parse.Event) string {
	word := PlannedWord(ev.Kind)
	switch {
	case ev.Reason != "":
		return ev.Reason
	case ev.Kind == parse.ServerDown && health.ByOperator(ev.Cause):
		return health.Forced.String() + " (" + ev.Cause + ")"
	case ev.Cause != "" && word != "":
		return word + " (" + ev.Cause + ")"
	case ev.Cause != "":
		return "changed from " + ev.Cause
	case ev.Via != "":
		return "follows " + ev.Via
	case ev.Kind == parse.ServerMaintEnd:
		return "down at the end of maintenance"
	case ev.Kind == parse.ServerDrainEnd:
		return "down at the end of a drain"
	}
	return word
}
