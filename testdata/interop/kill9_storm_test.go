package interop_test

import (
	"fmt"
	"math/rand/v2"
)

// A storm is what a load balancer logs while its servers go and come back at
// random, and the notices people must get for it. The words are HAProxy 2.6's.
type storm struct {
	rng   *rand.Rand
	farms []*farm
	log   func(severity int, text string)
	want  []telling
}

// A telling is one notice people must get.
type telling struct{ key, kind string }

// A farm is a proxy and its servers, numbered from 1.
type farm struct {
	proxy  string
	away   []bool
	checks bool // option log-health-checks
}

func newStorm(rng *rand.Rand, log func(severity int, text string)) *storm {
	return &storm{rng: rng, log: log, farms: []*farm{
		{proxy: "be_app", away: make([]bool, 6)},
		{proxy: "be_checked", away: make([]bool, 4), checks: true},
		{proxy: "be_shop", away: make([]bool, 1)},
		{proxy: "be_api", away: make([]bool, 1), checks: true},
	}}
}

// Severities of RFC 5424, as HAProxy uses them.
const (
	emerg  = 0
	alarm  = 1
	notice = 5
	info   = 6
)

// turn lets one server go or come back. A farm of several keeps one: how a whole
// farm dies is the single servers' part.
func (s *storm) turn() {
	f := s.farms[s.rng.IntN(len(s.farms))]
	n := s.rng.IntN(len(f.away))
	last := f.active() == 1 && !f.away[n] && len(f.away) > 1
	switch {
	case f.away[n]:
		s.up(f, n)
	case !last:
		s.down(f, n)
	default:
		s.turn()
	}
	if s.rng.IntN(2) == 0 {
		s.traffic(f)
	}
}

// calm brings every server back.
func (s *storm) calm() {
	for _, f := range s.farms {
		for n, away := range f.away {
			if away {
				s.up(f, n)
			}
		}
	}
}

// reasons of a failed check, from real logs.
var reasons = []string{
	`Layer4 connection problem, info: "Connection refused", check duration: 0ms`,
	`Layer4 timeout, check duration: 2001ms`,
	`Layer7 wrong status, code: 503, info: "Service Unavailable", check duration: 3ms`,
	`Layer7 timeout, check duration: 2002ms`,
}

func (s *storm) down(f *farm, n int) {
	f.away[n] = true
	why := ", reason: " + reasons[s.rng.IntN(len(reasons))]
	if f.checks {
		s.log(notice, fmt.Sprintf("Health check for server %s failed%s, status: 1/2 UP.", f.server(n), why))
		s.log(notice, fmt.Sprintf("Health check for server %s failed%s, status: 0/2 DOWN.", f.server(n), why))
		why = ""
	}
	s.log(alarm, fmt.Sprintf("Server %s is DOWN%s. %d active and 0 backup servers left."+
		" %d sessions active, 0 requeued, 0 remaining in queue.", f.server(n), why, f.active(), s.rng.IntN(9)))
	if f.active() == 0 {
		s.log(emerg, fmt.Sprintf("backend %s has no server available!", f.proxy))
	}
	s.want = append(s.want, telling{f.key(n), "problem"})
}

func (s *storm) up(f *farm, n int) {
	f.away[n] = false
	why := ", reason: Layer7 check passed, code: 200, check duration: 1ms"
	if f.checks {
		s.log(notice, fmt.Sprintf("Health check for server %s succeeded%s, status: 2/2 UP.", f.server(n), why))
		why = ""
	}
	s.log(notice, fmt.Sprintf("Server %s is UP%s. %d active and 0 backup servers online."+
		" 0 sessions requeued, 0 total in queue.", f.server(n), why, f.active()))
	s.want = append(s.want, telling{f.key(n), "recovery"})
}

// traffic logs a request whose client would like to forge an outage.
func (s *storm) traffic(f *farm) {
	s.log(info, fmt.Sprintf(`127.0.0.1:%d [21/Nov/2026:07:37:40.448] fe_http %s/s1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0`+
		` {Server %s/s1 is DOWN, reason: Layer4 timeout} "GET / HTTP/1.1"`, 20000+s.rng.IntN(9999), f.proxy, f.proxy))
}

func (f *farm) server(n int) string { return fmt.Sprintf("%s/s%d", f.proxy, n+1) }

// key is what people are told about: the server, or the proxy that lost its only
// one.
func (f *farm) key(n int) string {
	if len(f.away) == 1 {
		return f.proxy
	}
	return f.server(n)
}

func (f *farm) active() int {
	n := 0
	for _, away := range f.away {
		if !away {
			n++
		}
	}
	return n
}
