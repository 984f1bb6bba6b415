package parse

// The fragments of which every line shape is made. A group's name says which
// field of Event it fills (see fields in field.go); a trailing "_" tells two
// groups of one pattern apart that fill the same field.
const (
	// word is a name as HAProxy's configuration allows it (invalid_char in
	// src/tools.c), or one of its own proxies such as <HTTPCLIENT>. It has no
	// blank and no slash, but it may end in "." or ":".
	word = `(?:[A-Za-z0-9_.:-]+|<[A-Z0-9_-]+>)`

	proxyName  = `(?P<proxy>` + word + `)`
	serverName = proxyName + `/(?P<server>` + word + `)`

	// section is what proxy_cap_str (src/proxy.c) calls a proxy; "proxy" is a
	// listen section.
	section = `(?:frontend|backend|proxy|peers|ruleset)`

	// check is the outcome of a check (check_statuses in src/check.c). The
	// reason has letters, digits and blanks only; info cannot hold a quote, for
	// chunk_asciiencode (src/chunk.c) writes it as <22>.
	check = `, reason: (?P<reason>[A-Za-z0-9 ]+)` +
		`(?:, code: (?P<code>-?\d+))?` +
		`(?:, info: "(?P<info>[^"\x00-\x1f\x7f]*)")?` +
		`(?:, check duration: (?P<duration>\d+)ms)?`

	// changed is who changed the state when no check did. 1.6 and 1.7 can leave
	// it empty after the comma.
	changed = `, (?:changed from (?P<cause>[A-Za-z -]+?))?`

	// change is check or changed or neither.
	change = `(?:` + check + `|` + changed + `)?`

	// via names the tracked server. Only what follows tells whether a dot ends
	// the name or the sentence, so it takes as little as it can.
	via = `(?: via (?P<via>` + word + `/(?:[A-Za-z0-9_.:-]+?|<[A-Z0-9_-]+>)))?`

	// because is the cause in parentheses of an administrative change; "No IP
	// for server " keeps its trailing blank there.
	because = `(?: \((?P<cause>[A-Za-z' ]+)\))?`

	// counts is what is left of the proxy (srv_append_more in src/server.c): one
	// form when the server has stopped, another for all other changes.
	counts = `(?:\. (?P<active>\d+) active and (?P<backup_left>\d+) backup servers ` +
		`(?:left\.(?P<running_on_backup> Running on backup\.)?` +
		` (?P<sessions>\d+) sessions active, (?P<requeued>\d+) requeued, (?P<queued>\d+) remaining in queue` +
		`|online\.(?P<running_on_backup_> Running on backup\.)?` +
		` (?P<requeued_>\d+) sessions requeued, (?P<queued_>\d+) total in queue))?`

	// upDown and admin are a server's operational and administrative state.
	upDown = `(?:UP|DOWN)`
	admin  = `(?:READY|DRAIN)`

	// address is an old or new address: an IP, "(none)", "(null)", a name, or
	// nothing. quoted is the same between apostrophes.
	address = `[^\s'\x00-\x1f\x7f]*`
	quoted  = `'[^'\x00-\x1f\x7f]*'`

	// by is who changed an address: "resolvers/nameserver", "DNS cache".
	by = `(?P<cause>[A-Za-z0-9_.:/ -]+?)`

	// strerror is the C library's text for an error. No dot ends it, so a cut
	// one looks whole, and it fills no field.
	strerror = `[A-Za-z0-9 (),'./-]+`

	// rest is any text.
	rest = `[^\x00-\x1f\x7f]*`
)

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

// A definition is a row of the table as it is written down.
type definition struct {
	name     string
	kind     Kind
	versions string
	source   string
	of       *subject
	// verbs are the words of which one follows the subject. They choose the row,
	// and a line cut behind them still says what the row says.
	verbs []string
	// pattern recognises all that follows the subject, verbs included.
	pattern string
	example string
}
