package parse

// A subject is how a line begins: fixed words, and then the names of what it is
// about. The verbs of a shape follow it.
type subject struct {
	// opens are the fixed words; lines that begin with a name have none.
	opens []string
	// pattern recognises the fixed words and the names.
	pattern string
}

// Subjects with a server.
var (
	server = &subject{
		opens:   []string{"Server ", "Backup Server "},
		pattern: `(?P<backup>Backup )?Server ` + serverName,
	}
	balanced = &subject{
		opens:   []string{"Load-balancing on Server ", "Load-balancing on Backup Server "},
		pattern: `Load-balancing on (?P<backup>Backup )?Server ` + serverName,
	}
	checked = &subject{
		opens: []string{
			"Health check for server ", "Health check for backup server ",
			"Agent check for server ", "Agent check for backup server ",
		},
		pattern: `(?:Health|(?P<agent>Agent)) check for (?P<backup>backup )?server ` + serverName,
	}
	dumpedServer = &subject{opens: []string{"SIGHUP: Server "}, pattern: `SIGHUP: Server ` + serverName}
	// plain and labelled are the server's name alone, without and with a colon.
	plain    = &subject{pattern: serverName}
	labelled = &subject{pattern: serverName + `:`}
)

// Subjects with a proxy alone.
var (
	proxy       = &subject{opens: []string{"Proxy "}, pattern: `Proxy ` + proxyName}
	anySection  = &subject{opens: sections(""), pattern: section + ` ` + proxyName}
	quotedName  = &subject{opens: sections(""), pattern: section + ` '` + proxyName + `'`}
	stopping    = &subject{opens: sections("Stopping "), pattern: `Stopping ` + section + ` ` + proxyName}
	pausing     = &subject{opens: sections("Pausing "), pattern: `Pausing ` + section + ` ` + proxyName}
	enabling    = &subject{opens: sections("Enabling "), pattern: `Enabling ` + section + ` ` + proxyName}
	paused      = &subject{opens: sections("Paused "), pattern: `Paused ` + section + ` ` + proxyName}
	resumed     = &subject{opens: sections("Resumed "), pattern: `Resumed ` + section + ` ` + proxyName}
	dumpedProxy = &subject{opens: []string{"SIGHUP: Proxy "}, pattern: `SIGHUP: Proxy ` + proxyName}
	dumping     = &subject{
		opens:   []string{"SIGHUP received, dumping servers states for proxy "},
		pattern: `SIGHUP received, dumping servers states for proxy ` + proxyName,
	}
	refused = &subject{
		opens:   []string{"Permission error on QUIC socket binding for proxy "},
		pattern: `(?P<cause>Permission error on QUIC socket binding) for proxy ` + proxyName,
	}
)

// Subjects without a name: the process itself, whose verbs begin the line, and
// a ring, whose lines begin with a count.
var (
	process = &subject{}
	ring    = &subject{pattern: `(?P<count>\d+)`}
)

// sections returns the openings of a sentence about any sort of proxy.
func sections(verb string) []string {
	return []string{verb + "frontend ", verb + "backend ", verb + "proxy ", verb + "peers ", verb + "ruleset "}
}
