package message

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
)

// mark is the word a reader scans subjects for.
func mark(r *incident.Record, k group.Kind) string {
	switch {
	case lineTrouble(r):
		return troubleMark(r, k)
	case k == group.Blind:
		return "BLIND"
	case k == group.Back:
		return "PARTLY UP"
	case k == group.Flapping:
		return "FLAPPING"
	case k == group.Unknown:
		return "UNKNOWN"
	case k == group.Reminder:
		return "STILL DOWN"
	case k == group.Calm && !r.CalmSince.IsZero():
		return "UP"
	case k == group.Recovery && r.EndedUp():
		return "UP"
	case k == group.Recovery || r.Planned:
		return "MAINT"
	}
	return "DOWN"
}

// what says it in a few words.
func what(r *incident.Record, k group.Kind) string {
	switch {
	case r.Class != incident.Outage:
		return troubleWhat(r, k)
	case k == group.Recovery:
		return whatEnded(r)
	case k == group.Back:
		return "available again, but not all servers"
	case k == group.Relapse && r.Server != "":
		return "down again, or for one more load balancer: " + cmp.Or(r.Why(), "no reason in the log")
	case k == group.Flapping:
		return "goes up and down, quiet until it is calm; last reason: " + cmp.Or(r.Why(), "none in the log")
	case k == group.Calm && !r.CalmSince.IsZero():
		return "calm again, " + alert.Plural(r.Outages+1, "outage", "outages") + " since that was told"
	case k == group.Calm:
		return "no longer flapping, but down: " + cmp.Or(r.Why(), "no reason in the log")
	case k == group.Unknown:
		return "reloaded, and nothing said of it since: up again, or still down"
	case r.Server == "":
		return "no server available"
	}
	return cmp.Or(r.Why(), incident.PlannedWord(r.Event.Kind), "no reason in the log")
}

func whatEnded(r *incident.Record) string {
	switch {
	case r.EndedUp() && r.Planned:
		return "back in service"
	case r.EndedUp() && r.Server == "":
		return "available again"
	case r.EndedUp():
		return "up again"
	case r.Planned:
		return "planned work ended, now " + r.EndCause
	}
	return r.EndCause
}

// good reports whether the transition tells good news.
func good(r *incident.Record, k group.Kind) bool {
	return k == group.Back || r.EndedUp() && (k == group.Recovery || k == group.Calm)
}

// after puts a closed incident's duration in words.
func after(r *incident.Record) string {
	lasted := alert.Lasted(r.Duration(r.Closed))
	if r.Planned || r.EndedUp() {
		return " after " + lasted
	}
	return ", was down " + lasted
}

// counts puts the usable servers of a proxy in words.
type counts struct{ incident.Counts }

// countsOf returns the counts a transition tells: those of its moment, or of a line that
// came while it gathered when its own said none.
func countsOf(it *group.Item) counts {
	if !it.Counts.Said && it.Kind.Begins() && it.Record.Open() {
		return counts{it.Record.Counts}
	}
	return counts{it.Counts}
}

// words tells the usable servers as HAProxy does: those "left" of an outage, those
// "online" at its end. The total is what is known: servers that were never up and never
// spoken of are not in it.
func (c counts) words(good bool) string {
	verb := "left"
	if good {
		verb = "online"
	}
	of := verb
	if c.Total > 0 {
		of = fmt.Sprintf("of %d %s", c.Total, verb)
	}
	switch {
	case !c.Said:
		return ""
	case !c.Any():
		return "none " + of
	case c.OnBackup:
		return fmt.Sprintf("running on backup, %d %s", c.Backup, of)
	case c.Backup > 0:
		return fmt.Sprintf("%d active and %d backup %s", c.Active, c.Backup, of)
	}
	return fmt.Sprintf("%d %s", c.Active, of)
}

// opinions tells who sees a server up and who sees it down.
func (c Composer) opinions(r *incident.Record) string {
	sv := c.Health.Servers[r.Key]
	if sv == nil {
		return ""
	}
	var ups, downs []string
	for _, observer := range slices.Sorted(maps.Keys(sv.Views)) {
		if sv.Views[observer].Status == health.Down {
			downs = append(downs, observer)
		} else {
			ups = append(ups, observer)
		}
	}
	return "up for " + strings.Join(ups, ", ") + ", still down for " + strings.Join(downs, ", ")
}
