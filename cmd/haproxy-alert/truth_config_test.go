package main

import (
	"slices"
	"strings"
)

// station is one server, as haproxy.cfg and the actions make it.
type station struct {
	proxy string
	// layer4 says its check does no more than connect, or that it has none; nolb
	// that a 404 stops it (disable-on-404); tracks which server it follows.
	layer4, nolb, backup, disabled bool
	tracks                         string
	// sick and stopped are what its check finds, unresolved what DNS says. While
	// frozen its checks are off, and ails is what they would find.
	sick, stopped, unresolved, frozen, ails bool
	// agentDown, maint, drain and weightless are what an operator or an agent
	// wishes.
	agentDown, maint, drain, weightless bool
}

// stations reads the servers of a haproxy.cfg, by "proxy/server".
func stations(config []byte) map[string]station {
	all := map[string]station{}
	var proxy station
	for line := range strings.Lines(string(config)) {
		words := append(strings.Fields(line), "", "")
		switch words[0] {
		case "backend", "listen", "frontend", "ring":
			proxy = station{proxy: words[1], layer4: true}
		case "option":
			proxy.layer4 = proxy.layer4 && !strings.HasSuffix(words[1], "chk") && !strings.HasSuffix(words[1], "-check")
		case "http-check":
			proxy.nolb = proxy.nolb || words[1] == "disable-on-404"
		case "server":
			all[proxy.proxy+"/"+words[1]] = proxy.server(words[2:])
		case "server-template":
			all[proxy.proxy+"/"+words[1]+"1"] = proxy.server(words[3:])
			all[proxy.proxy+"/"+words[1]+"2"] = proxy.server(words[3:])
		}
	}
	return all
}

// server reads the rest of a server line.
func (s station) server(words []string) station {
	s.backup, s.disabled = slices.Contains(words, "backup"), slices.Contains(words, "disabled")
	s.layer4 = s.layer4 && !slices.Contains(words, "check-ssl") && !slices.Contains(words, "ssl")
	if k := slices.Index(words, "track"); k >= 0 {
		s.tracks = words[k+1]
	}
	return s
}
