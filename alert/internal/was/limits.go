package was

import "haproxy-alert/parse"

// limit is a resource that HAProxy can run out of.
type limit struct {
	severity Severity
	name     string // in keys, without blanks
	words    string // as the line calls it
	look     string // where to look, in a few words
	note     string // what it means, and where to look
}

// limitOf returns the limit that a line is about, by its cause: rows P15-P18 and P21 of
// docs/messages.md. HAProxy writes all at EMERG but the one about QUIC, a warning.
func limitOf(ev parse.Event) limit {
	switch ev.Cause {
	case "process FD limit":
		return limit{
			Emergency, "process-fd", ev.Cause, "raise ulimit-n, and restart",
			"HAProxy has no file descriptor left for a further connection. Raise ulimit-n in its global section, or LimitNOFILE " +
				"of its unit, and restart it; or lower maxconn. Look for what keeps so many connections open.",
		}
	case "system FD limit":
		return limit{
			Emergency, "system-fd", ev.Cause, "look at fs.file-max",
			"The whole machine has no file descriptor left. Compare the sysctls fs.file-nr and fs.file-max, raise the latter, " +
				"and look for the program that holds them.",
		}
	case "system memory limit":
		return limit{
			Emergency, "memory", ev.Cause, "look at memory and net.ipv4.tcp_mem",
			"The kernel has no memory left for a further socket. Look at the free memory, at limits of the unit or container, " +
				"and at the sysctl net.ipv4.tcp_mem beside /proc/net/sockstat.",
		}
	case "configured maximum connection limit":
		return limit{
			Emergency, "maxconn", ev.Cause, "raise the global maxconn",
			"HAProxy may open no further socket by its own configuration. Raise maxconn in its global section, and ulimit-n " +
				"where it is set, as far as memory allows; or look for what keeps so many connections open.",
		}
	case "not enough free sockets":
		return limit{
			Emergency, "sockets", ev.Cause, "raise the global maxconn (-n)",
			"HAProxy cannot connect to servers: it may open no further socket. Raise maxconn in its global section (or -n on " +
				"its command line), and ulimit-n where it is set.",
		}
	}
	return refusal(ev)
}

// refusal returns the limit of a line about what the system does not let HAProxy do.
func refusal(ev parse.Event) limit {
	switch ev.Cause {
	case "insufficient permissions":
		return limit{
			Emergency, "permissions", ev.Cause + " to open server sockets", "look at its capabilities",
			"HAProxy cannot connect to servers: the system does not let it. Look for a namespace, a mark, an interface or a " +
				"transparent source in its configuration, and give it what these need (setcap in the global section, the unit's capabilities).",
		}
	case "cannot create a server socket":
		return limit{
			Emergency, "server-socket", ev.Cause, "look at its limits and rights",
			"HAProxy cannot connect to servers, for the reason that the system gave. Look at the limits and rights of the " +
				"process, and at restrictions of its unit or container (RestrictAddressFamilies, seccomp).",
		}
	case "Permission error on QUIC socket binding":
		return limit{
			Normal, "quic-permission", ev.Cause, "setcap cap_net_bind_service",
			"HAProxy goes on with one socket for all QUIC connections of the listener, which is slower. Put setcap " +
				"cap_net_bind_service in its global section, or run it as root.",
		}
	case "":
		return limit{
			Emergency, "unnamed", "unnamed limit", "the log line was cut short",
			"Raise len on HAProxy's log line to see which limit it is.",
		}
	}
	return limit{
		Emergency, "socket-option", ev.Cause, "look at the system's log",
		"The system refuses what every connection to a server needs. Look at its log, and at restrictions of HAProxy's unit " +
			"or container (seccomp).",
	}
}
