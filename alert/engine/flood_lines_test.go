package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// The flood of the tests: so many health lines within so long, of 10,000 servers.
const (
	floodLines = 100_000
	floodLasts = 10 * time.Second
)

// A flood is what a load balancer logs when its servers go and come back all the
// time, in HAProxy's words and with counts that agree.
type flood struct {
	rng      *rand.Rand
	backends []*backend
	slots    []slot // every server
	facts    []alert.Fact
}

// A backend is one proxy of the flood. With option log-health-checks each turn of a
// server takes three lines and the reason stands in the check's.
type backend struct {
	name   string
	down   []time.Time // since when; zero: up
	active int
	checks bool
}

// A slot is where a server stands.
type slot struct {
	of *backend
	n  int
}

// newFlood makes 90 backends of 100 servers and 500 of two, which often have none
// left. It is the same flood each time.
func newFlood() *flood {
	f := &flood{rng: rand.New(rand.NewPCG(4, 5))}
	for range 90 {
		f.add(100)
	}
	for range 500 {
		f.add(2)
	}
	return f
}

func (f *flood) add(servers int) {
	k := len(f.backends)
	b := &backend{name: fmt.Sprintf("be_%03d", k), down: make([]time.Time, servers), active: servers, checks: k%2 == 0}
	f.backends = append(f.backends, b)
	for n := range servers {
		f.slots = append(f.slots, slot{b, n})
	}
}

// turns lets servers turn until there are as many lines, evenly spread.
func (f *flood) turns(t testing.TB, lines int, pause time.Duration) {
	t.Helper()
	for at := start; len(f.facts) < lines; {
		for _, text := range f.turn(f.slots[f.rng.IntN(len(f.slots))], at) {
			f.log(t, at, text)
			at = at.Add(pause)
		}
	}
}

// turn lets a server go down or come back and returns what HAProxy says of it.
func (f *flood) turn(s slot, at time.Time) []string {
	b, name := s.of, s.name()
	if s.isDown() {
		b.down[s.n] = time.Time{}
		b.active++
		return b.say("Server %s is UP%s. %d active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
			name, "Layer7 check passed, code: 200, check duration: 1ms", "succeeded", "1/2 DOWN", "2/2 UP")
	}
	b.down[s.n] = at
	b.active--
	said := b.say("Server %s is DOWN%s. %d active and 0 backup servers left. 3 sessions active, 0 requeued, 0 remaining in queue.",
		name, `Layer7 wrong status, code: 503, info: "Service Unavailable", check duration: 2ms`, "failed", "1/2 UP", "0/2 DOWN")
	if b.active == 0 {
		said = append(said, fmt.Sprintf("backend %s has no server available!", b.name))
	}
	return said
}

// say fills in the line about a server, and gives the reason in it or in the check
// lines before it.
func (b *backend) say(line, name, reason, check string, health ...string) []string {
	reason = ", reason: " + reason
	if !b.checks {
		return []string{fmt.Sprintf(line, name, reason, b.active)}
	}
	var said []string
	for _, h := range health {
		said = append(said, fmt.Sprintf("Health check for server %s %s%s, status: %s.", name, check, reason, h))
	}
	return append(said, fmt.Sprintf(line, name, "", b.active))
}

func (f *flood) log(t testing.TB, at time.Time, text string) {
	t.Helper()
	ev, ok := parse.Line(text)
	if !ok {
		t.Fatalf("no health line: %q", text)
	}
	f.facts = append(f.facts, alert.Fact{
		Kind: alert.Observed, Time: at, At: at, Event: ev, Text: text,
		Source: alert.Source{Listener: "udp://[::]:514", Peer: "10.0.0.1", Host: "lb1", Tag: "haproxy", PID: 4242, Facility: 16},
	})
}

func (s slot) isDown() bool { return !s.of.down[s.n].IsZero() }

func (s slot) name() string { return fmt.Sprintf("%s/s%d", s.of.name, s.n+1) }

func (f *flood) downServers() []string {
	var down []string
	for _, s := range f.slots {
		if s.isDown() {
			down = append(down, s.name())
		}
	}
	slices.Sort(down)
	return down
}

func (f *flood) emptyBackends() []string {
	var empty []string
	for _, b := range f.backends {
		if b.active == 0 {
			empty = append(empty, b.name)
		}
	}
	return empty
}
