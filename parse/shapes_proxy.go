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

// limitShapes are the lines about a resource that ran out. A ring's lost lines
// are one of them.
var limitShapes = []definition{
	{
		name: "P15", kind: ProxyLimit, versions: "1.4→", of: proxy,
		source:  "sock_accept_conn, sock_handle_system_err in src/sock.c; event_accept in src/client.c (1.4)",
		verbs:   []string{" reached"},
		pattern: ` reached (?P<cause>process FD limit) (?:at (?P<count>\d+)|\(\w+=(?P<count_>\d+)\))\. Please check 'ulimit-n' and restart\.`,
		example: `Proxy fe_http reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart.`,
	},
	{
		name: "P16", kind: ProxyLimit, versions: "1.4→", of: proxy,
		source:  "sock_accept_conn, sock_handle_system_err in src/sock.c; event_accept in src/client.c (1.4)",
		verbs:   []string{" reached"},
		pattern: ` reached (?P<cause>system FD limit) (?:at (?P<count>\d+)|\(\w+=(?P<count_>\d+)\))\. Please check system tunables\.`,
		example: `Proxy fe_http reached system FD limit at 1024. Please check system tunables.`,
	},
	{
		name: "P17", kind: ProxyLimit, versions: "1.4→", of: proxy,
		source:  "sock_accept_conn, sock_handle_system_err in src/sock.c; event_accept in src/client.c (1.4)",
		verbs:   []string{" reached"},
		pattern: ` reached (?P<cause>system memory limit) (?:at (?P<count>\d+) sockets|\(\w+=(?P<count_>\d+)\))\. Please check system tunables\.`,
		example: `Proxy fe_http reached system memory limit (actconn=4000). Please check system tunables.`,
	},
	{
		name: "P18", kind: ProxyLimit, versions: "1.5→", of: proxy,
		source:  "qc_alloc_fd in src/quic_sock.c, src/listener.c; src/proto_tcp.c (1.5–2.9)",
		verbs:   []string{" reached"},
		pattern: ` reached the (?P<cause>configured maximum connection limit)\. Please check the global 'maxconn' value\.`,
		example: `Proxy fe_http reached the configured maximum connection limit. Please check the global 'maxconn' value.`,
	},
	{
		name: "P21a", kind: ProxyLimit, versions: "3.0→", of: process,
		source:  "sock_create_server_socket in src/sock.c",
		verbs:   []string{"socket(): not enough"},
		pattern: `socket\(\): (?P<cause>not enough free sockets)\. Raise -n argument\. Giving up\.`,
		example: `socket(): not enough free sockets. Raise -n argument. Giving up.`,
	},
	{
		name: "P21b", kind: ProxyLimit, versions: "3.0→", of: process,
		source:  "sock_create_server_socket in src/sock.c",
		verbs:   []string{"Cannot set client socket", "Cannot set CLOEXEC"},
		pattern: `(?P<cause>Cannot set (?:client socket to non blocking mode|CLOEXEC on client socket))\.`,
		example: `Cannot set client socket to non blocking mode.`,
	},
	{
		name: "P21c", kind: ProxyLimit, versions: "3.0→", of: proxy,
		source:  "sock_handle_system_err in src/sock.c",
		verbs:   []string{" cannot create"},
		pattern: ` (?P<cause>cannot create a server socket): ` + strerror,
		example: `Proxy be_tcp cannot create a server socket: Permission denied`,
	},
	{
		name: "P21d", kind: ProxyLimit, versions: "3.0→", of: proxy,
		source:  "sock_handle_system_err in src/sock.c",
		verbs:   []string{" has insufficient"},
		pattern: ` has (?P<cause>insufficient permissions) to open server socket\.`,
		example: `Proxy be_tcp has insufficient permissions to open server socket.`,
	},
	{
		name: "P21e", kind: ProxyLimit, versions: "2.9→", of: refused,
		source:  "qc_alloc_fd in src/quic_sock.c",
		verbs:   []string{" Consider"},
		pattern: `\. Consider using setcap cap_net_bind_service \(Linux only\) or running as root\.`,
		example: `Permission error on QUIC socket binding for proxy fe_quic. Consider using setcap cap_net_bind_service (Linux only) or running as root.`,
	},
	{
		name: "P26", kind: EventsDropped, versions: "2.1→", of: ring,
		source:  "sink_announce_dropped in src/sink.c",
		verbs:   []string{" event dropped", " events dropped"},
		pattern: ` events? dropped`,
		example: `12 events dropped`,
	},
}

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
