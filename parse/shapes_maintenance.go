package parse

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
