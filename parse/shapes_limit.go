package parse

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
