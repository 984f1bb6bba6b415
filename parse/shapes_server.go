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
