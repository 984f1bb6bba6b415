package was

import (
	"cmp"
	"fmt"
	"strings"

	"haproxy-alert/parse"
)

// mark is the word a reader scans subjects for.
func (i *incident) mark(st step) string {
	switch {
	case i.Matter != service:
		return i.matterMark(st)
	case st == blind:
		return "BLIND"
	case st == back:
		return "PARTLY UP"
	case st == flapping:
		return "FLAPPING"
	case st == unknown:
		return "UNKNOWN"
	case st == reminder:
		return "STILL DOWN"
	case st == calm && !i.Lull.IsZero():
		return "UP"
	case st == recovery && i.EndCause == up.word():
		return "UP"
	case st == recovery || i.Planned:
		return "MAINT"
	}
	return "DOWN"
}

func (i *incident) what(st step) string {
	switch {
	case i.Matter != service:
		return i.matterWhat(st)
	case i.gappy() && (st == blind || st == reminder):
		return i.Reason
	case i.gappy():
		return "read without a gap again, " + plural(i.Lost, "gap", "gaps") + " in all"
	case i.lossy() && (st == blind || st == reminder):
		return "lines are lost here, " + i.Reason + ": raise read_buffer and net.core.rmem_max"
	case i.lossy():
		return "loses no more, " + i.Reason
	case st == blind:
		return "nothing heard of it: whatever happens there is not seen"
	case i.deaf() && st == reminder:
		return "still nothing heard of it"
	case i.deaf():
		return "heard again"
	case st == recovery && i.Planned && i.EndCause == up.word():
		return "back in service"
	case st == recovery && i.EndCause == up.word() && i.Server == "":
		return "available again"
	case st == recovery && i.EndCause == up.word():
		return "up again"
	case st == recovery && i.Planned:
		return "planned work ended, now " + i.EndCause
	case st == recovery:
		return i.EndCause
	case st == back:
		return "available again, but not all servers"
	case st == relapse && i.Server != "":
		return "down again, or for one more load balancer: " + cmp.Or(i.why(), "no reason in the log")
	case st == flapping:
		return "goes up and down, quiet until it is calm; last reason: " + cmp.Or(i.why(), "none in the log")
	case st == calm && !i.Lull.IsZero():
		return "calm again, " + plural(i.Outages+1, "outage", "outages") + " since that was told"
	case st == calm:
		return "no longer flapping, but down: " + cmp.Or(i.why(), "no reason in the log")
	case st == unknown:
		return "reloaded, and nothing said of it since: up again, or still down"
	case i.Server == "":
		return "no server available"
	}
	return cmp.Or(i.why(), plannedWord(i.Event.Kind), "no reason in the log")
}

// maxAgentText is how many runes of an agent's text a subject may hold.
const maxAgentText = 60

// why is the reason, or what an agent said of it: HAProxy calls each of its answers
// "Layer7 wrong status".
func (i *incident) why() string {
	if i.Event.Kind == parse.ServerStopping && strings.Contains(i.Event.Reason, "conditionally passed") {
		return stopping.word() + " (its check says so: 404)"
	}
	if said, ok := strings.CutPrefix(i.Event.Info, "via agent : "); ok {
		return "agent says " + oneLine(said, maxAgentText)
	}
	return i.Reason
}

func plannedWord(k parse.Kind) string {
	switch k {
	case parse.ServerMaint:
		return maintenance.word()
	case parse.ServerDrain:
		return draining.word()
	case parse.ServerStopping:
		return stopping.word()
	default:
		return ""
	}
}

// reasonOf says in a few words why, as far as the line tells.
func reasonOf(ev parse.Event) string {
	word := plannedWord(ev.Kind)
	switch {
	case ev.Reason != "":
		return ev.Reason
	case ev.Kind == parse.ServerDown && byOperator(ev.Cause):
		return forced.word() + " (" + ev.Cause + ")"
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

// words tells the usable servers as HAProxy does: those "left" of an outage, those
// "online" at its end. The total is what is known: servers that were never up and never
// spoken of are not in it.
func (c counts) words(over bool) string {
	verb := "left"
	if over {
		verb = "online"
	}
	of := verb
	if c.Total > 0 {
		of = fmt.Sprintf("of %d %s", c.Total, verb)
	}
	switch {
	case !c.Said:
		return ""
	case !c.any():
		return "none " + of
	case c.OnBackup:
		return fmt.Sprintf("running on backup, %d %s", c.Backup, of)
	case c.Backup > 0:
		return fmt.Sprintf("%d active and %d backup %s", c.Active, c.Backup, of)
	}
	return fmt.Sprintf("%d %s", c.Active, of)
}
