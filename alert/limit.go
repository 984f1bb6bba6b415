package alert

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"haproxy-alert/parse"
)

// DefaultLimitQuiet is how long after the latest line about a limit it counts as over.
const DefaultLimitQuiet = 10 * time.Minute

// limitKey begins the key of a limit: "limit process-fd lb1 fe_http". A limit is that of
// one machine: each load balancer has its own, whatever group_by says of servers.
const limitKey = "limit "

// takeLimit takes a line about a limit that HAProxy reached. It may come at each
// connection that HAProxy cannot take, and none says that it is over.
func (s *State) takeLimit(f Fact) {
	i, fresh := s.matterOf(limitKeyOf(f), f.Name(), limited, f)
	if i == nil {
		return
	}
	if fresh {
		l := limitOf(f.Event)
		i.Severity, i.Reason = l.severity, l.words
		s.arm(i, problem, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
	}
	s.watch(i, f, s.policy.LimitQuiet)
}

func limitKeyOf(f Fact) string {
	key := limitKey + limitOf(f.Event).name + " "
	if o := f.Source.Observer(); o != "" && o != f.Name() {
		key += o + " "
	}
	return key + f.Name()
}

// limit is a resource that HAProxy can run out of.
type limit struct {
	name     string // in keys, without blanks
	words    string // as the line calls it
	look     string // where to look, in a few words
	note     string // and in a sentence
	severity Severity
}

// limitOf returns the limit that a line is about, by its cause: rows P15-P18 and P21 of
// docs/messages.md. HAProxy writes all but the last at EMERG.
func limitOf(ev parse.Event) limit {
	switch ev.Cause {
	case "process FD limit":
		return limit{"process-fd", ev.Cause, "raise ulimit-n, and restart", "HAProxy has no file descriptor left for a further connection. " +
			"Raise ulimit-n in its global section, or LimitNOFILE of its unit, and restart it; or lower maxconn. Look for what keeps so many connections open.", Emergency}
	case "system FD limit":
		return limit{"system-fd", ev.Cause, "look at fs.file-max", "The whole machine has no file descriptor left. " +
			"Compare the sysctls fs.file-nr and fs.file-max, raise the latter, and look for the program that holds them.", Emergency}
	case "system memory limit":
		return limit{"memory", ev.Cause, "look at memory and net.ipv4.tcp_mem", "The kernel has no memory left for a further socket. " +
			"Look at the free memory, at limits of the unit or container, and at the sysctl net.ipv4.tcp_mem beside /proc/net/sockstat.", Emergency}
	case "configured maximum connection limit":
		return limit{"maxconn", ev.Cause, "raise the global maxconn", "HAProxy may open no further socket by its own configuration. " +
			"Raise maxconn in its global section, and ulimit-n where it is set, as far as memory allows; or look for what keeps so many connections open.", Emergency}
	case "not enough free sockets":
		return limit{"sockets", ev.Cause, "raise the global maxconn (-n)", "HAProxy cannot connect to servers: it may open no further socket. " +
			"Raise maxconn in its global section (or -n on its command line), and ulimit-n where it is set.", Emergency}
	case "insufficient permissions":
		return limit{"permissions", ev.Cause + " to open server sockets", "look at its capabilities", "HAProxy cannot connect to servers: the system does not let it. " +
			"Look for a namespace, a mark, an interface or a transparent source in its configuration, and give it what these need (setcap in the global section, the unit's capabilities).", Emergency}
	case "cannot create a server socket":
		return limit{"server-socket", ev.Cause, "look at its limits and rights", "HAProxy cannot connect to servers, for the reason that the system gave. " +
			"Look at the limits and rights of the process, and at restrictions of its unit or container (RestrictAddressFamilies, seccomp).", Emergency}
	case "Permission error on QUIC socket binding":
		return limit{"quic-permission", ev.Cause, "setcap cap_net_bind_service", "HAProxy goes on with one socket for all QUIC connections of the listener, which is slower. " +
			"Put setcap cap_net_bind_service in its global section, or run it as root.", Normal}
	case "":
		return limit{"unnamed", "unnamed limit", "the log line was cut short", "Raise len on HAProxy's log line to see which limit it is.", Emergency}
	}
	return limit{"socket-option", ev.Cause, "look at the system's log", "The system refuses what every connection to a server needs. " +
		"Look at its log, and at restrictions of HAProxy's unit or container (seccomp).", Emergency}
}

func (i *incident) limitWhat(st step) string {
	l := limitOf(i.Event)
	switch {
	case st == over:
		return l.words + " not reported any more"
	case st == reminder:
		return l.words
	case !strings.HasSuffix(l.words, "limit"):
		_, fault, _ := strings.Cut(i.Lines[0].Text, l.words+": ") // of row P21c
		return l.words + ": " + cmp.Or(fault, l.look)
	case i.Event.Count.Said:
		return fmt.Sprintf("%s reached at %d: %s", l.words, i.Event.Count.Value, l.look)
	}
	return l.words + " reached: " + l.look
}

// limitsSummary says what a digest of limits tells of each.
func limitsSummary(n int, st step) string {
	switch limits := plural(n, "limit", "limits"); st {
	case over:
		return limits + " not heard of any more"
	case reminder:
		return limits + " still reached"
	default:
		return limits + " reached"
	}
}

// limitNotes say what to look at, and what nobody will say.
func (s *State) limitNotes(i *incident) []string {
	notes := []string{limitOf(i.Event).note}
	if s.policy.LimitQuiet > 0 {
		notes = append(notes, "No line of HAProxy says that a limit is over: it counts as over when none came for "+
			Duration(s.policy.LimitQuiet)+" (limit_quiet).")
	}
	return notes
}
