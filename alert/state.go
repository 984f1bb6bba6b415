package alert

import (
	"encoding/json"
	"fmt"
	"time"

	"haproxy-alert/parse"
)

// State is everything the facts so far amount to. It is changed by Apply alone
// and owned by one goroutine.
type State struct {
	policy Policy
	trace  func(Decision)
	// nextDue remembers nextRipe; zero when Pending changed since.
	nextDue time.Time
	ended   []Incident // by the fact being applied, beside those it closes
	unheard []Notice   // alarms that no channel could be told
	image
}

// image is the part of State that a checkpoint keeps.
type image struct {
	Version   int
	Now       time.Time // of the latest fact
	Seq       uint64    // of the latest fact
	Servers   map[string]*server
	Proxies   map[string]*proxy
	Incidents map[string]*incident
	Pending   []transition
	Orphans   map[string][]string // untold incidents, by the server they follow
	Queues    map[string]*queue   // by channel
	Contacts  map[string]*contact // by channel
	Silences  []Silence           // of the running daemon
	Trails    trails
	Processes map[string]*process // by observer
	Flappers  map[string]*flapper // by key
	Deaf      map[string]string   // incidents of silent sources, by source
	Ledger    map[string][]span   // outages that ended, by key
	// LastUrgent is when a proxy without servers last went out at once; FlapsSwept
	// and LedgerSwept are when old entries were dropped; Since is when we began.
	LastUrgent, FlapsSwept, LedgerSwept, Since time.Time
	Copies                                     int            // lines that had arrived before
	Suppressed                                 int            // notices that a rule kept back
	Overflow                                   map[string]int // what the bounds cut off, by bound
	Held                                       map[string]int // notices a silence kept back, by its id
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

// imageVersion changes when an older image can no longer be read; the journal's
// facts are then folded anew.
const imageVersion = 2

// NewState returns the state before any fact.
func NewState(p Policy) *State {
	if p.Words == nil {
		p.Words = DefaultWords(time.UTC)
	}
	return &State{policy: p, image: image{
		Version:   imageVersion,
		Servers:   map[string]*server{},
		Proxies:   map[string]*proxy{},
		Incidents: map[string]*incident{},
		Queues:    map[string]*queue{},
		Contacts:  map[string]*contact{},
		Processes: map[string]*process{},
		Flappers:  map[string]*flapper{},
		Deaf:      map[string]string{},
		Orphans:   map[string][]string{},
		Ledger:    map[string][]span{},
		Overflow:  map[string]int{},
		Held:      map[string]int{},
	}}
}

// Restore returns the state that Checkpoint wrote, under today's policy. What
// waits for a channel that left the policy stays, and goes out should the
// channel come back.
func Restore(p Policy, checkpoint []byte) (*State, error) {
	s := NewState(p)
	s.Version = 0 // only the checkpoint can say it
	if err := json.Unmarshal(checkpoint, &s.image); err != nil {
		return nil, fmt.Errorf("restore state: %w", err)
	}
	if s.Version != imageVersion {
		return nil, fmt.Errorf("restore state: version %d, want %d", s.Version, imageVersion)
	}
	for key, sv := range s.Servers {
		p := s.proxyOf(s.proxyKeyOf(key, sv))
		p.servers[key] = sv
		p.moved(up, sv.worst())
	}
	return s, nil
}

// Checkpoint returns the state for Restore, and the Seq of the latest fact in it.
func (s *State) Checkpoint() (seq uint64, checkpoint []byte, err error) {
	checkpoint, err = json.Marshal(s.image)
	if err != nil {
		return 0, nil, fmt.Errorf("write state: %w", err)
	}
	return s.Seq, checkpoint, nil
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
