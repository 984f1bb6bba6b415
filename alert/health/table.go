package health

import (
	"maps"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// Table is what all load balancers say of all servers that are not simply up.
type Table struct {
	Servers   map[string]*Server  `json:",omitempty"` // by key
	Processes map[string]*Process `json:",omitempty"` // by observer

	byHost   bool
	grace    time.Duration
	overflow alert.Overflow
	proxies  map[string]*proxy // by key; those with a server in Servers
}

// proxy is a proxy some of whose servers are not up. It is rebuilt by Configure.
type proxy struct {
	servers map[string]*Server // by key
	away    int                // how many of them are not up
}

// moved counts a server that came up or went away.
func (p *proxy) moved(from, to Status) {
	if from == Up && to != Up {
		p.away++
	}
	if from != Up && to == Up {
		p.away--
	}
}

// Configure gives the table, new or out of a checkpoint, the policy it goes by; what a
// bound cuts off is counted in overflow.
func (t *Table) Configure(policy alert.Policy, overflow alert.Overflow) {
	t.byHost, t.grace, t.overflow = policy.ByHost(), policy.ReloadGrace, overflow
	if t.Servers == nil {
		t.Servers = map[string]*Server{}
	}
	if t.Processes == nil {
		t.Processes = map[string]*Process{}
	}
	t.proxies = map[string]*proxy{}
	for key, sv := range t.Servers {
		p := t.proxyOf(key, sv)
		p.servers[key] = sv
		p.moved(Up, sv.Worst())
	}
}

// ServerKey is the key of the server that a line is about: "proxy/server", behind the
// load balancer's name and a blank when incidents are told apart by host.
func (t *Table) ServerKey(f alert.Fact) string { return t.ProxyKey(f) + "/" + f.Event.Server }

// ProxyKey is the key of the proxy that a line is about.
func (t *Table) ProxyKey(f alert.Fact) string { return t.key(f, f.Event.Proxy) }

// ViaKey is the key of the server that the line's server follows.
func (t *Table) ViaKey(f alert.Fact) string { return t.key(f, f.Event.Via) }

func (t *Table) key(f alert.Fact, name string) string {
	if t.byHost {
		return f.Source.Observer() + " " + name
	}
	return name
}

// Server returns the server that a line is about and what the line's load balancer says
// of it, new ones when they were not known. Both are nil when a bound is reached, which
// is counted.
func (t *Table) Server(key string, f alert.Fact) (*Server, *View) {
	sv := t.Servers[key]
	if sv == nil {
		if len(t.Servers) >= alert.MaxServers {
			t.overflow.Add("servers")
			return nil, nil
		}
		sv = &Server{Proxy: f.Event.Proxy, Server: f.Event.Server, Views: map[string]*View{}}
		t.Servers[key] = sv
		t.proxyOf(key, sv).servers[key] = sv
	}
	v := sv.view(f.Source.Observer())
	if v == nil {
		t.overflow.Add("load balancers of a server")
		return nil, nil
	}
	return sv, v
}

// Note takes a line into a view of a server and returns its event with the reason joined.
func (t *Table) Note(key string, sv *Server, v *View, f alert.Fact) parse.Event {
	worst := sv.Worst()
	ev := v.note(f)
	t.proxyOf(key, sv).moved(worst, sv.Worst())
	return ev
}

// PresumeUp takes a server for up wherever it was down: the end was seen by nobody.
func (t *Table) PresumeUp(key string) {
	sv := t.Servers[key]
	if sv == nil {
		return
	}
	worst := sv.Worst()
	for _, v := range sv.Views {
		if v.Status == Down {
			v.Status = Up
		}
	}
	t.proxyOf(key, sv).moved(worst, sv.Worst())
}

// Forget drops a server of which nothing is known but that it is up.
func (t *Table) Forget(key string) {
	sv := t.Servers[key]
	if sv == nil || !sv.Idle() {
		return
	}
	delete(t.Servers, key)
	p := t.proxyOf(key, sv)
	if delete(p.servers, key); len(p.servers) == 0 {
		delete(t.proxies, proxyKeyOf(key, sv))
	}
}

// Away is how many servers of a proxy are not up.
func (t *Table) Away(proxyKey string) int {
	if p := t.proxies[proxyKey]; p != nil {
		return p.away
	}
	return 0
}

// Keys returns the keys of a proxy's servers that are known, sorted.
func (t *Table) Keys(proxyKey string) []string {
	if p := t.proxies[proxyKey]; p != nil {
		return slices.Sorted(maps.Keys(p.servers))
	}
	return nil
}

// PlannedOnly reports whether each server of a proxy that is known not to be up is so by
// an operator's wish, and at least one is: nobody plans a DNS timeout.
func (t *Table) PlannedOnly(proxyKey string) bool {
	p := t.proxies[proxyKey]
	if p == nil {
		return false // a weight set to 0, or lines we never saw: better told as an outage
	}
	work := false
	for _, sv := range p.servers {
		if sv.Failed() || !sv.wantedAway() {
			return false
		}
		work = work || sv.Working()
	}
	return work
}

// Standings returns what is said of the servers that are not simply up everywhere, in the
// order of proxy, server and observer.
func (t *Table) Standings() []alert.Standing {
	var all []alert.Standing
	for _, key := range slices.Sorted(maps.Keys(t.Servers)) {
		sv := t.Servers[key]
		for _, observer := range slices.Sorted(maps.Keys(sv.Views)) {
			all = append(all, alert.Standing{
				Proxy: sv.Proxy, Server: sv.Server, Observer: observer, State: sv.Views[observer].Status.String(),
			})
		}
	}
	return all
}

func (t *Table) proxyOf(serverKey string, sv *Server) *proxy {
	key := proxyKeyOf(serverKey, sv)
	p := t.proxies[key]
	if p == nil {
		p = &proxy{servers: map[string]*Server{}}
		t.proxies[key] = p
	}
	return p
}

func proxyKeyOf(serverKey string, sv *Server) string {
	return serverKey[:len(serverKey)-len(sv.Server)-1]
}
