package parse

// serverShapes are the lines about a server's operational state: what its
// checks, or someone on their behalf, found.
var serverShapes = []definition{
	{
		name: "S1", kind: ServerDown, versions: "1.4→", of: server,
		source:  "srv_append_more, _srv_update_status_op in src/server.c; server_status_printf in src/checks.c (1.4)",
		verbs:   []string{" is DOWN"},
		pattern: ` is DOWN` + change + via + counts + `\.`,
		example: `Server be_tcp/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.`,
	},
	{
		name: "S2", kind: ServerUp, versions: "1.4→", of: server,
		source:  "srv_append_more, _srv_update_status_op in src/server.c; server_status_printf in src/checks.c (1.4)",
		verbs:   []string{" is UP"},
		pattern: ` is UP` + change + via + counts + `\.`,
		example: `Backup Server be_tcp/s2 is UP, reason: Layer4 check passed, check duration: 0ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.`,
	},
	{
		name: "S3", kind: ServerStopping, versions: "1.5→", of: server,
		source:  "srv_append_more, _srv_update_status_op in src/server.c",
		verbs:   []string{" is stopping"},
		pattern: ` is stopping` + change + via + counts + `\.`,
		example: `Server be_404/n2 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 0ms. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.`,
	},
	{
		name: "S4", kind: ServerStopping, versions: "1.3.14–1.4", of: balanced,
		source:  "set_server_disabled in src/checks.c",
		verbs:   []string{" is disabled"},
		pattern: ` is disabled` + via + change + counts + `\.`,
		example: `Load-balancing on Server be_404/n1 is disabled, reason: Layer7 check conditionally passed, code: 404, info: "Not Found", check duration: 0ms.`,
	},
	{
		name: "S5", kind: ServerUp, versions: "1.3.14–1.4", of: balanced,
		source:  "set_server_enabled in src/checks.c",
		verbs:   []string{" is enabled"},
		pattern: ` is enabled again` + via + change + counts + `\.`,
		example: `Load-balancing on Server be_404/n2 is enabled again, reason: Layer7 check passed, code: 200, info: "OK", check duration: 0ms.`,
	},
}

// maintenanceShapes are the lines about servers that enter and leave
// maintenance, by an operator's word or because a name no longer resolves.
var maintenanceShapes = []definition{
	{
		name: "S6", kind: ServerMaint, versions: "1.4", of: server,
		source:  "set_server_down in src/checks.c",
		verbs:   []string{" is DOWN for"},
		pattern: ` is DOWN for maintenance\.`,
		example: `Server be_tcp/s1 is DOWN for maintenance.`,
	},
	{
		name: "S7", kind: ServerUp, versions: "1.4", of: server,
		source:  "set_server_up in src/checks.c",
		verbs:   []string{" is UP (leaving maintenance"},
		pattern: ` is UP \(leaving maintenance\)\.`,
		example: `Backup Server be_tcp/s2 is UP (leaving maintenance).`,
	},
	{
		name: "S8", kind: ServerMaint, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_set_admin_flag (1.5–1.7)",
		verbs:   []string{" is going DOWN"},
		pattern: ` is going DOWN for maintenance` + because + via + counts + `\.`,
		example: `Server be_dns/d1 is going DOWN for maintenance (DNS timeout status). 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
	},
	{
		name: "S9", kind: ServerMaint, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_set_admin_flag (1.5–1.7)",
		verbs:   []string{" was DOWN"},
		pattern: ` was DOWN and now enters maintenance` + because + via + `\.`,
		example: `Server be_dns/d1 was DOWN and now enters maintenance (DNS NX status).`,
	},
	{
		name: "S10", kind: ServerMaintEnd, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" is UP/", " is DOWN/"},
		pattern: ` is (?P<state>` + upDown + `/` + admin + `) \(leaving forced maintenance\)\.`,
		example: `Server be_tcp/s1 is UP/READY (leaving forced maintenance).`,
	},
	{
		name: "S11", kind: ServerMaintEnd, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" is UP/", " is DOWN/"},
		pattern: ` is (?P<state>` + upDown + `/` + admin + `) \(leaving maintenance\)` + via + counts + `\.`,
		example: `Server be_track/t1 is UP/READY (leaving maintenance) via be_tcp/s1. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.`,
	},
	{
		name: "S12", kind: ServerMaintEnd, versions: "1.7→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.7)",
		verbs:   []string{" ('"},
		pattern: ` \(` + quoted + `\) is (?P<state>` + upDown + `/` + admin + `) \(resolves again\)\.`,
		example: `Server be_dns/d1 ('a.test') is UP/READY (resolves again).`,
	},
	{
		name: "S13", kind: ServerAdmin, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" is leaving forced"},
		pattern: ` is leaving forced maintenance but remains in maintenance` + via + `\.`,
		example: `Server be_track/t1 is leaving forced maintenance but remains in maintenance via be_tcp/s1.`,
	},
	{
		name: "S14", kind: ServerAdmin, versions: "1.7→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.7)",
		verbs:   []string{" ('"},
		pattern: ` \(` + quoted + `\) resolves again but remains in maintenance` + via + `\.`,
		example: `Server be_dns/d1 ('a.test') resolves again but remains in maintenance.`,
	},
	{
		name: "S15", kind: ServerAdmin, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" remains in"},
		pattern: ` remains in forced maintenance\.`,
		example: `Server be_track/t1 remains in forced maintenance.`,
	},
	{
		name: "S21", kind: ServerMaintEnd, versions: "1.7→", of: server,
		source:  "server_atomic_sync in src/server.c; snr_update_srv_status (1.7–2.9)",
		verbs:   []string{" administratively READY"},
		pattern: ` administratively READY thanks to (?P<cause>valid DNS answer)\.`,
		example: `Server be_dns/d1 administratively READY thanks to valid DNS answer.`,
	},
}

// drainShapes are the lines about servers that take no new sessions.
var drainShapes = []definition{
	{
		name: "S16", kind: ServerDrain, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_set_admin_flag (1.5–1.7)",
		verbs:   []string{" enters drain"},
		pattern: ` enters drain state` + because + via + counts + `\.`,
		example: `Server sp/p1 enters drain state ('stop' on stats page). 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.`,
	},
	{
		name: "S17", kind: ServerDrainEnd, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" is UP (leaving forced", " is DOWN (leaving forced"},
		pattern: ` is (?P<state>` + upDown + `) \(leaving forced drain\)\.`,
		example: `Server be_tcp/s1 is UP (leaving forced drain).`,
	},
	{
		name: "S18", kind: ServerDrainEnd, versions: "1.5–1.7, 2.8→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" is UP (leaving drain", " is DOWN (leaving drain"},
		pattern: ` is (?P<state>` + upDown + `) \(leaving drain\)` + via + `\.`,
		example: `Server be_track/t1 is UP (leaving drain) via be_tcp/s1.`,
	},
	{
		name: "S19a", kind: ServerAdmin, versions: "1.5–2.7", of: server,
		source:  "srv_update_status in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" is leaving forced"},
		pattern: ` is leaving forced drain but remains in drain mode` + via + `\.`,
		example: `Server be_track/t1 is leaving forced drain but remains in drain mode via be_tcp/s1.`,
	},
	{
		name: "S19b", kind: ServerAdmin, versions: "2.8→", of: server,
		source:  "_srv_update_status_adm in src/server.c",
		verbs:   []string{" remains in"},
		pattern: ` remains in drain mode` + via + `\.`,
		example: `Server be_track/t1 remains in drain mode via be_tcp/s1.`,
	},
	{
		name: "S20", kind: ServerAdmin, versions: "1.5→", of: server,
		source:  "_srv_update_status_adm in src/server.c; srv_clr_admin_flag (1.5–1.7)",
		verbs:   []string{" remains in"},
		pattern: ` remains in forced drain mode\.`,
		example: `Server be_tcp/s1 remains in forced drain mode.`,
	},
}

// addressShapes are the lines about a server's address or name that changed.
// They begin with the server's name.
var addressShapes = []definition{
	{
		name: "S22", kind: ServerAddr, versions: "1.6–2.9", of: plain,
		source:  "update_server_addr (1.6), srv_update_addr (2.4) in src/server.c",
		verbs:   []string{" changed its IP"},
		pattern: ` changed its IP from ` + address + ` to ` + address + ` by ` + by + `\n?\.`,
		example: `be_dns/d1 changed its IP from 127.0.0.1 to 127.0.0.5 by rr/ns1.`,
	},
	{
		name: "S23", kind: ServerAddr, versions: "3.0→", of: labelled,
		source: "server_set_inetaddr_warn in src/server.c",
		verbs:  []string{" IP changed", " port changed"},
		pattern: ` (?:IP changed from ` + quoted + ` to ` + quoted + `(?:, port changed from ` + quoted + ` to ` + quoted + `)?` +
			`|port changed from ` + quoted + ` to ` + quoted + `)(?: by '` + by + `')?\.`,
		example: `be_srv/sv1: IP changed from '(none)' to '127.0.0.1', port changed from '0' to '12021' by 'DNS additional record'.`,
	},
	{
		name: "S24", kind: ServerAddr, versions: "1.8→", of: plain,
		source:  "srv_update_fqdn in src/server.c; src/resolvers.c, src/dns.c (1.8–2.3)",
		verbs:   []string{" changed its FQDN"},
		pattern: ` changed its FQDN from ` + address + ` to ` + address + ` by '` + by + `'\.?`,
		example: `be_srv/sv1 changed its FQDN from (null) to b1.test by 'SRV record'`,
	},
}

// status is the end of a check line: n of m, and the state by that check.
const status = `, status: (?P<num>-?\d+)/(?P<den>\d+) (?P<state>UP|DOWN|DRAIN)\.`

// checkShapes are the lines of option log-health-checks: what one check found,
// which need not be what the server is taken for.
var checkShapes = []definition{
	{
		name: "C1a", kind: CheckFailed, versions: "1.4→", of: checked,
		source:  "set_server_check_status in src/check.c; src/checks.c (1.4–2.1)",
		verbs:   []string{" failed"},
		pattern: ` failed(?:` + check + `)?` + via + status,
		example: `Health check for backup server be-expect/x-2.example.net failed, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms, status: 0/2 DOWN.`,
	},
	{
		name: "C1b", kind: CheckPassed, versions: "1.4→", of: checked,
		source:  "set_server_check_status in src/check.c; src/checks.c (1.4–2.1)",
		verbs:   []string{" succeeded", " conditionally succeeded"},
		pattern: `(?P<conditional> conditionally)? succeeded(?:` + check + `)?` + via + status,
		example: `Agent check for server be_agent/a1 succeeded, reason: Layer7 check passed, code: 0, info: "via agent : up", check duration: 0ms, status: 1/1 UP.`,
	},
}
