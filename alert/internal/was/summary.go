package was

import (
	"cmp"
	"strconv"
)

// summary says how many servers and proxies a digest tells of, and what of them.
func (s *State) summary(turns []turn) string {
	var proxies, servers int
	for _, u := range turns {
		if s.Incidents[s.Pending[u.last()].Incident].Server == "" {
			proxies++
		} else {
			servers++
		}
	}
	t := s.Pending[turns[0].last()]
	i := s.Incidents[t.Incident]
	if i.Matter == limited {
		return limitsSummary(len(turns), t.Step)
	}
	if !i.Planned && t.Step == problem || t.Step == relapse {
		return counted(proxies, "without a server", servers, "down")
	}
	return counted(proxies, "", servers, s.told(i, t.Step, s.blip(turns[0])))
}

// told says in a word or two what a digest tells of each.
func (s *State) told(i *incident, st step, blip bool) string {
	switch {
	case blip && i.Planned:
		return "back in service after a moment"
	case blip:
		return "up again after a moment"
	case st == recovery && i.Planned:
		return "back in service"
	case st == recovery:
		return "up again"
	case st == calm && !i.Lull.IsZero():
		return "calm again"
	case st == calm:
		return "no longer flapping, but down"
	case st == flapping:
		return "going up and down"
	case st == reminder:
		return "still down"
	case st == unknown:
		return "unknown since a reload"
	case st == back:
		return "available again, but not whole"
	}
	return "taken out"
}

// counted puts both counts in words; an empty word of proxies shares that of servers.
func counted(proxies int, ofProxies string, servers int, ofServers string) string {
	p := plural(proxies, "proxy", "proxies")
	v := plural(servers, "server", "servers") + " " + ofServers
	switch {
	case proxies == 0:
		return v
	case servers == 0:
		return p + " " + cmp.Or(ofProxies, ofServers)
	case ofProxies == "":
		return p + " and " + v
	}
	return p + " " + ofProxies + ", " + v
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
