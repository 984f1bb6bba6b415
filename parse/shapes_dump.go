package parse

// connections ends the lines of a dump that tell a proxy's state.
const connections = ` Conn: act\(FE\+BE\): \d+\+\d+, \d+ pend \(\d+ unass\), tot\(FE\+BE\): \d+\+\d+\.`

// dumpShapes are what SIGHUP prints. UP means there "not stopped": maintenance
// counts as DOWN, stopping and drain as UP.
var dumpShapes = []definition{
	{
		name: "P14a", kind: StateDump, versions: "1.2→", of: dumping,
		source: "sig_dump_state in src/haproxy.c", verbs: []string{""}, pattern: `\.`,
		example: `SIGHUP received, dumping servers states for proxy fe_http.`,
	},
	{
		name: "P14b", kind: StateDump, versions: "1.2→", of: dumpedServer,
		source:  "sig_dump_state in src/haproxy.c",
		verbs:   []string{" is "},
		pattern: ` is (?P<state>UP|DOWN)\. Conn: \d+ act, \d+ pend, \d+ tot\.`,
		example: `SIGHUP: Server be_maint/m1 is DOWN. Conn: 0 act, 0 pend, 1 tot.`,
	},
	{
		name: "P14c", kind: StateDump, versions: "1.2→", of: dumpedProxy,
		source:  "sig_dump_state in src/haproxy.c",
		verbs:   []string{" has "},
		pattern: ` has no servers\.` + connections,
		example: `SIGHUP: Proxy fe_http has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 1693+0.`,
	},
	{
		name: "P14d", kind: StateDump, versions: "1.2→", of: dumpedProxy,
		source:  "sig_dump_state in src/haproxy.c",
		verbs:   []string{" has ", " is running"},
		pattern: ` (?:has no server available|(?P<running_on_backup>is running on backup servers)) !` + connections,
		example: `SIGHUP: Proxy be_smtp has no server available ! Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.`,
	},
	{
		name: "P14e", kind: StateDump, versions: "1.2→", of: dumpedProxy,
		source:  "sig_dump_state in src/haproxy.c",
		verbs:   []string{" has "},
		pattern: ` has (?P<active>\d+) active servers and (?P<backup_left>\d+) backup servers available\.` + connections,
		example: `SIGHUP: Proxy be.web-dots has 3 active servers and 2 backup servers available. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+457.`,
	},
}
