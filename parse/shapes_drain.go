package parse

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
