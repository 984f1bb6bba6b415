package main

import (
	"net/url"
	"slices"
	"strings"
)

// The states a server can be in, in the words of package alert.
const (
	isUp       = "up"
	isDown     = "down"
	isTaken    = "taken down"
	isStopping = "stopping"
	isDraining = "draining"
	isMaint    = "in maintenance"
	isNone     = "no server available" // of a proxy
	isGone     = "no longer there"
)

// world is what the record of a capture demands the servers to be: a small model
// of HAProxy that sees its configuration and what was done, but no log line.
type world struct {
	born    map[string]station // as the configuration has them
	servers map[string]*station
}

// listeners says which server stands behind each listener of the captures.
var listeners = map[string][]string{
	"w1": {"be.web-dots/web.srv-01"}, "w2": {"be.web-dots/web_srv_02"}, "w3": {"be.web-dots/web:srv:03"},
	"wb1": {"be.web-dots/bk.01"}, "wb2": {"be.web-dots/bk_02"}, "db1": {"db_tcp/db-1"}, "db2": {"db_tcp/db-2"},
	"x1": {"be-expect/x-1.example.net"}, "x2": {"be-expect/x-2.example.net"}, "n1": {"be_404/n1"}, "n2": {"be_404/n2"},
	"redis": {"be:tcpcheck/redis:6379"}, "redis2": {"be:tcpcheck/redis:6380"}, "ssl1": {"be_ssl/ssl1"}, "ssl2": {"be_ssl/ssl2"},
	"a1": {"be_agent/a1"}, "a2": {"be_agent/a2"}, "m2": {"be_maint/m2"}, "s1": {"be_single/s1"},
	"o1": {"be_observe/o1"}, "o2": {"be_observe/o2"}, "o3": {"be_observe/o3"}, "o4": {"be_observe/o4"},
	"d1": {"be_dyn/d1"}, "d2": {"be_dyn/dyn-new.1", "be_dyn/dyn2"}, "q1": {"be_q/q1"}, "q2": {"be_q/q2"}, "sl1": {"be_slow/sl1"},
	"c1": {"be_cache/c1"}, "lc1": {"listen.combo:1/lc1"}, "nl1": {"be_nolog/nl1"}, "lt1": {"be_ownlog/lt1"},
}

// agents says which server each listener of an agent speaks for.
var agents = map[string]string{"ag1": "be_agent/a1", "ag2": "be_agent/a2"}

// protocols are the proxies whose servers answer their checks only in some rounds
// of a "proto" row.
var protocols = []string{"be_smtp", "be_redis", "be_mysql", "be_pgsql", "be_ldap", "be_sslhello"}

// newWorld is the world before HAProxy starts. Nobody answers the protocol checks
// yet, and the certificate of ssl3-badca never pleases.
func newWorld(config []byte) *world {
	w := &world{born: stations(config)}
	for key, s := range w.born {
		s.sick = slices.Contains(protocols, s.proxy) || key == "be_ssl/ssl3-badca"
		w.born[key] = s
	}
	w.restart(false)
	return w
}

// restart begins a process that finds the servers as they are, but knows nothing
// of what the old one was told, unless it read that in a server-state file.
func (w *world) restart(stateFile bool) {
	old := w.servers
	w.servers = map[string]*station{}
	for key, s := range w.born {
		s.maint = s.disabled
		if was := old[key]; was != nil {
			s.sick, s.ails, s.stopped, s.unresolved = was.sick, was.sick, was.stopped, was.unresolved
			if stateFile {
				s.maint, s.drain, s.weightless = was.maint, was.drain, was.weightless
			}
		}
		w.servers[key] = &s
	}
}

// take takes what was done.
func (w *world) take(actions []action) {
	for _, a := range actions {
		w.do(a)
	}
}

func (w *world) do(a action) {
	switch a.Kind {
	case "spawn":
		w.restart(strings.Contains(a.Cfg, "state"))
	case "backend":
		for _, name := range a.Names {
			w.listener(name, a)
		}
	case "cli":
		for command := range strings.SplitSeq(a.Cmd, ";") {
			w.command(strings.Fields(command), a.Reply)
		}
	case "stats-post":
		form, _ := url.ParseQuery(a.Body)
		w.page(form.Get("b")+"/"+form.Get("s"), form.Get("action"))
	case "ext":
		w.at("be_ext/e1").sick = a.State != "ok"
	case "proto": // after the rounds in which they answer well come those in which they do not
		for _, s := range w.servers {
			s.sick = s.sick || slices.Contains(protocols, s.proxy)
		}
	case "dns":
		w.resolve(a.Zone)
	}
}

// at returns a server, and something to throw away for one that the version could
// not add.
func (w *world) at(key string) *station {
	if w.servers[key] == nil {
		return &station{}
	}
	return w.servers[key]
}

// state is what a server has to be when all is calm: HAProxy had the time to find
// out.
func (w *world) state(key string) string {
	s := w.servers[key]
	root := s
	for root.tracks != "" {
		root = w.servers[root.tracks]
	}
	switch {
	case s.maint || root.maint || s.unresolved:
		return isMaint
	case s.drain || root.drain:
		return isDraining
	case root.sick || root.agentDown:
		return isDown
	case root.stopped:
		return isStopping
	}
	return isUp
}

// states are those of all servers, and of the proxies that have none left.
func (w *world) states() map[string]string {
	all, usable := map[string]string{}, map[string]bool{}
	for key, s := range w.servers {
		all[key] = w.state(key)
		usable[s.proxy] = usable[s.proxy] || all[key] == isUp && !s.weightless
	}
	for proxy, some := range usable {
		all[proxy] = isUp
		if !some {
			all[proxy] = isNone
		}
	}
	return all
}
