package parse

// proxyShapes are the lines about a whole proxy, and about the end of the
// process that runs it.
var proxyShapes = []definition{
	{
		name: "P1a", kind: NoServer, versions: "1.2→", of: anySection,
		source:  "set_backend_down in src/backend.c; src/checks.c (1.4)",
		verbs:   []string{" has no"},
		pattern: ` has no server available!`,
		example: `backend be_smtp has no server available!`,
	},
	{
		name: "P1b", kind: NoServer, versions: "1.2→, on stderr", of: quotedName,
		source:  "set_backend_down in src/backend.c; src/checks.c (1.4)",
		verbs:   []string{" has no"},
		pattern: ` has no server available!`,
		example: `backend 'be_track' has no server available!`,
	},
	{
		name: "P2", kind: ProxyStarted, versions: "1.1.5–2.2", of: proxy,
		source:  "start_proxies in src/proxy.c",
		verbs:   []string{" started"},
		pattern: ` started\.`,
		example: `Proxy fe_http started.`,
	},
	{
		name: "P3", kind: ProxyStopping, versions: "1.3.16–2.4", of: stopping,
		source:  "soft_stop in src/proxy.c",
		verbs:   []string{" in "},
		pattern: ` in \d+ ms\.`,
		example: `Stopping backend be.web-dots in 0 ms.`,
	},
	{
		name: "P4", kind: ProxyStopped, versions: "1.4.1–2.1", of: proxy,
		source:  "stop_proxy, cli_parse_shutdown_frontend in src/proxy.c",
		verbs:   []string{" stopped"},
		pattern: ` stopped \(FE: \d+ conns, BE: \d+ conns\)\.`,
		example: `Proxy fe-clf stopped (FE: 255 conns, BE: 0 conns).`,
	},
	{
		name: "P5", kind: ProxyStopped, versions: "2.2→", of: proxy,
		source:  "proxy_cond_disable in src/proxy.c",
		verbs:   []string{" stopped"},
		pattern: ` stopped \(cumulated conns: FE: \d+, BE: \d+\)\.`,
		example: `Proxy fe_http stopped (cumulated conns: FE: 1006, BE: 0).`,
	},
	{
		name: "P6a", kind: ProxyPaused, versions: "1.3.16–2.2", of: pausing,
		source: "pause_proxy in src/proxy.c; pause_proxies (1.4)", verbs: []string{""}, pattern: `\.`,
		example: `Pausing frontend fe_http.`,
	},
	{
		name: "P6b", kind: ProxyResumed, versions: "1.3.16–2.2", of: enabling,
		source: "resume_proxy in src/proxy.c; listen_proxies (1.4)", verbs: []string{""}, pattern: `\.`,
		example: `Enabling frontend fe_http.`,
	},
	{
		name: "P7a", kind: ProxyPaused, versions: "2.3→", of: paused,
		source: "suspend_listener in src/listener.c", verbs: []string{""}, pattern: `\.`,
		example: `Paused proxy listen.combo:1.`,
	},
	{
		name: "P7b", kind: ProxyResumed, versions: "2.3→", of: resumed,
		source: "resume_listener in src/listener.c", verbs: []string{""}, pattern: `\.`,
		example: `Resumed frontend fe_http.`,
	},
	{
		name: "P12a", kind: ProxyHardStop, versions: "1.8→", of: process,
		source:  "hard_stop in src/proxy.c",
		verbs:   []string{"soft-stop running"},
		pattern: `(?P<cause>soft-stop running for too long), performing a hard-stop\.`,
		example: `soft-stop running for too long, performing a hard-stop.`,
	},
	{
		name: "P12b", kind: ProxyHardStop, versions: "1.8→", of: proxy,
		source:  "hard_stop in src/proxy.c",
		verbs:   []string{" hard-stopped"},
		pattern: ` hard-stopped \((?P<count>\d+) remaining conns will be closed\)\.`,
		example: `Proxy fe_http hard-stopped (3 remaining conns will be closed).`,
	},
	{
		name: "P12c", kind: ProxyHardStop, versions: "1.8→", of: process,
		source:  "hard_stop in src/proxy.c",
		verbs:   []string{"Some tasks resisted"},
		pattern: `(?P<cause>Some tasks resisted) to hard-stop, exiting now\.`,
		example: `Some tasks resisted to hard-stop, exiting now.`,
	},
	{
		name: "P8", kind: None, versions: "1.4→", of: anySection,
		source:  "pause_proxy in src/proxy.c",
		verbs:   []string{" failed"},
		pattern: ` failed to enter pause mode\.`,
		example: `frontend fe_http failed to enter pause mode.`,
	},
	{
		name: "P22", kind: None, versions: "1.6→", of: process,
		source:  "src/server_state.c; src/server.c (1.6–2.3)",
		verbs:   []string{"backend ID mismatch", "backend name mismatch"},
		pattern: `backend (?:ID|name) mismatch: ` + rest,
		example: `backend name mismatch: from server state file: 'X', from running config 'Y'`,
	},
}
