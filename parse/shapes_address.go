package parse

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
