package was

import (
	"time"

	"haproxy-alert/parse"
)

// State is everything the facts so far amount to. It is changed by Apply alone
// and owned by one goroutine.
type State struct {
	policy Policy
	trace  func(Decision)
	// nextDue is the earliest Due of Pending; zero when it changed since.
	nextDue time.Time
	ended   []Incident // by the fact being applied, beside those it closes
	unheard []Notice   // alarms that no channel could be told
	image
}

// proxy is a proxy some of whose servers are not up.
type proxy struct {
	Incident string `json:",omitempty"` // open: no server left
	// servers are those that are not idle, away how many of them are not up; both are
	// rebuilt by Restore.
	servers map[string]*server
	away    int
}

// moved counts a server that came up or went away.
func (p *proxy) moved(from, to status) {
	if from == up && to != up {
		p.away++
	}
	if from != up && to == up {
		p.away--
	}
}

// NewState returns the state before any fact.
func NewState(p Policy) *State {
	if p.Words == nil {
		p.Words = DefaultWords(time.UTC)
	}
	return &State{policy: p, image: image{
		Version:   imageVersion,
		Proxies:   map[string]*proxy{},
		Queues:    map[string]*queue{},
		Contacts:  map[string]*contact{},
		Processes: map[string]*process{},
		Deaf:      map[string]string{},
		Matters:   map[string]string{},
		Marks:     map[string]heldMark{},
		Orphans:   map[string][]string{},
		Overflow:  map[string]int{},
		Held:      map[string]int{},
		tables: tables{
			Servers:   map[string]*server{},
			Incidents: map[string]*incident{},
			Flappers:  map[string]*flapper{},
			Ledger:    map[string][]span{},
			Trails:    trails{Current: map[sum]*trail{}},
		},
	}}
}

// Clock returns the time of the latest fact.
func (s *State) Clock() time.Time { return s.Now }

// Apply takes one fact into the state and returns the incidents it closed. Facts
// come in the order of their Seq and Time.
func (s *State) Apply(f Fact) []Incident {
	f.Time = later(f.Time, s.Now.Add(time.Nanosecond)) // no two facts at once: ids hang on it
	closed := s.elapse(f.Time)
	s.Now = f.Time
	s.Seq = max(s.Seq, f.Seq)
	s.mark(f)
	switch f.Kind {
	case Observed:
		closed = append(closed, s.observe(f)...)
	case Delivered, Refused, GaveUp:
		s.settle(f)
	case Failed:
		s.postpone(f)
	case Operator:
		s.operate(f)
	}
	closed = append(closed, s.elapse(f.Time)...)
	closed = append(closed, s.ended...)
	s.ended = nil
	return closed
}

// elapse seals what became due up to now, in rounds: what is sealed may arm what is
// due by now, too.
func (s *State) elapse(now time.Time) []Incident {
	var closed []Incident
	for n := s.ripe(now); n > 0; n = s.ripe(now) {
		closed = append(closed, s.seal(n, now)...)
	}
	s.alarms(now)
	s.sweepLedger(now)
	return closed
}

// Open returns the open incidents, in the order of their opening.
func (s *State) Open() []Incident {
	var open []Incident
	for _, i := range s.Incidents {
		if i.open() && i.Lull.IsZero() {
			open = append(open, i.Incident)
		}
	}
	sortIncidents(open)
	return open
}

// Standing is what one load balancer last said of a server.
type Standing struct {
	Proxy, Server string
	Observer      string // see Source.Observer
	State         string // "up", "down", "taken down", "stopping", "draining", "in maintenance"
}

// Standings returns what is said of the servers that are not simply up everywhere,
// in the order of proxy, server and observer.
func (s *State) Standings() []Standing {
	var all []Standing
	for _, key := range sortedKeys(s.Servers) {
		sv := s.Servers[key]
		for _, observer := range sortedKeys(sv.Views) {
			all = append(all, Standing{sv.Proxy, sv.Server, observer, sv.Views[observer].Status.word()})
		}
	}
	return all
}

// overflow counts what a bound cut off. The bounds are few, so is what this keeps.
func (s *State) overflow(bound string) { s.Overflow[bound]++ }

// Empty returns the keys of the proxies that have no server available, sorted. An
// open incident of a proxy may already be on the mend.
func (s *State) Empty() []string {
	var keys []string
	for _, key := range sortedKeys(s.Proxies) {
		if i := s.Incidents[s.Proxies[key].Incident]; i != nil && len(i.None) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

func (s *State) observe(f Fact) []Incident {
	if f.At.IsZero() {
		f.At = f.Time
	}
	if s.isCopy(f) {
		s.Copies++
		return nil
	}
	s.meet(f)
	switch {
	case f.Event.Kind == parse.NoServer:
		s.noServer(f)
	case f.Event.Server != "" && f.Event.Kind != parse.StateDump:
		return s.serverLine(f)
	default:
		s.takeMatter(f)
	}
	return nil
}

func (s *State) serverKey(f Fact) string { return s.proxyKey(f) + "/" + f.Event.Server }

func (s *State) proxyKey(f Fact) string {
	if s.policy.byHost() {
		return f.Source.Observer() + " " + f.Event.Proxy
	}
	return f.Event.Proxy
}

func (s *State) proxyKeyOf(serverKey string, sv *server) string {
	return serverKey[:len(serverKey)-len(sv.Server)-1]
}

func (s *State) proxyOf(key string) *proxy {
	p := s.Proxies[key]
	if p == nil {
		p = &proxy{}
		s.Proxies[key] = p
	}
	if p.servers == nil {
		p.servers = map[string]*server{}
	}
	return p
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
