package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/parse"
)

const (
	balancer  = "10.0.0.1"
	forwarder = "10.0.0.8"
	other     = "10.0.0.9"
	sender    = "lb1" // the host name that forwarders write
	local1    = 17
	late      = 5 * time.Second
	lost      = 0.3
)

// reader reads what came to a target of a run, as we are to have it from a peer.
type reader = func(target, peer, host string) []arrival

// route is a set of ways that a run's lines come by together. The first brings them
// all.
type route struct {
	name string
	ways func(reader, *rand.Rand) [][]arrival
}

// wholeRoutes lose nothing.
var wholeRoutes = []route{
	{"local0 and local1", func(read reader, _ *rand.Rand) [][]arrival {
		lines := read("udp_rfc3164", balancer, "")
		return [][]arrival{lines, labelled(lines, local1)}
	}},
	{"a second target without traffic", func(read reader, _ *rand.Rand) [][]arrival {
		return [][]arrival{read("udp_rfc3164", balancer, ""), read("udp_notice", balancer, "")}
	}},
	{"a second target that cuts", func(read reader, _ *rand.Rand) [][]arrival {
		return [][]arrival{read("udp_rfc3164", balancer, ""), delayed(unmistakable(read("udp_len100", balancer, "")), 50*time.Millisecond)}
	}},
	{"seven times at once", func(read reader, _ *rand.Rand) [][]arrival {
		return slices.Repeat([][]arrival{read("udp_rfc3164", balancer, "")}, 7)
	}},
	{"seven times at once by a ring", func(read reader, _ *rand.Rand) [][]arrival {
		return slices.Repeat([][]arrival{read("ring_octet", balancer, "")}, 7)
	}},
	{"UDP and a ring", func(read reader, _ *rand.Rand) [][]arrival {
		return [][]arrival{read("udp_rfc3164", balancer, ""), read("ring_octet", balancer, "")}
	}},
	{"UDP and a ring of lines", func(read reader, _ *rand.Rand) [][]arrival {
		return [][]arrival{read("udp_rfc3164", balancer, ""), read("ring_lf", balancer, "")}
	}},
	{"two forwarders", func(read reader, _ *rand.Rand) [][]arrival {
		return [][]arrival{read("rsys_octet", forwarder, sender), read("rsys_lf", other, sender)}
	}},
	{"two forwarders, one late", func(read reader, r *rand.Rand) [][]arrival {
		return [][]arrival{read("rsys_octet", forwarder, sender), lagging(read("rsys_lf", other, sender), late, r)}
	}},
	{"UDP and a ring, late and lossy", func(read reader, r *rand.Rand) [][]arrival {
		return [][]arrival{read("udp_rfc3164", balancer, ""), lagging(lossy(read("ring_octet", balancer, ""), lost, r), late, r)}
	}},
}

// lossyRoutes lose lines on the way that is first; the other brings them behind what
// HAProxy wrote next.
var lossyRoutes = []route{
	{"a ring and lossy UDP", func(read reader, r *rand.Rand) [][]arrival {
		return [][]arrival{read("ring_octet", balancer, ""), lossy(read("udp_rfc3164", balancer, ""), lost, r)}
	}},
	{"two forwarders, one lossy", func(read reader, r *rand.Rand) [][]arrival {
		return [][]arrival{read("rsys_lf", forwarder, sender), lossy(read("rsys_octet", other, sender), lost, r)}
	}},
}

// drive lets check see every run by each route: the lines that came by its first way
// alone, and all. Where chance has a hand in it, it is tried some times.
func drive(t *testing.T, routes []route, check func(t *testing.T, clean, all []arrival)) {
	const seeds = 5
	for _, run := range copiedRuns() {
		known := map[way][]arrival{}
		read := func(target, peer, host string) []arrival {
			w := way{target, peer, host}
			if known[w] == nil {
				known[w] = w.arrivals(t, run)
			}
			return known[w]
		}
		for _, r := range routes {
			for seed := range uint64(seeds) {
				chance := &dice{rand.NewPCG(seed, 1), false}
				ways := r.ways(read, rand.New(chance))
				t.Run(fmt.Sprintf("%s/%s#%d", run, r.name, seed), func(t *testing.T) { check(t, ways[0], merge(ways...)) })
				if !chance.thrown {
					break
				}
			}
		}
	}
}

// dice know whether they were thrown.
type dice struct {
	rand.Source
	thrown bool
}

func (d *dice) Uint64() uint64 {
	d.thrown = true
	return d.Source.Uint64()
}

// copiedRuns are runs that were captured in all formats, and in which much happens.
func copiedRuns() (runs []string) {
	for _, version := range []string{"haproxy-2.6.12", "haproxy-3.2.0"} {
		for _, s := range []string{"11-flap5", "14-all-down-backup", "16-admin-state", "24-agent", "37-reload-down"} {
			runs = append(runs, version+"/"+s)
		}
	}
	return runs
}

// However often and by however many ways the lines of a run come, each is taken
// once, and people are told what they are told when each comes once.
func TestCopiesAreToldOnce(t *testing.T) {
	copies := 0
	drive(t, wholeRoutes, func(t *testing.T, _, all []arrival) {
		once := firsts(all)
		copies += len(all) - len(once)
		want, got := storyOf(once), storyOf(all)
		if got.taken != len(once) {
			t.Errorf("%d lines taken, want %d", got.taken, len(once))
		}
		if d := cmp.Diff(want.told, got.told); d != "" {
			t.Errorf("told (-each once +copies):\n%s", d)
		}
	})
	t.Logf("%d copies", copies)
	if copies < 5_000 {
		t.Error("the lines do not come twice")
	}
}

// What one way loses another makes good: no line is taken for a copy of one that
// never came, and every outage of every server is known.
func TestLossIsMadeGood(t *testing.T) {
	drive(t, lossyRoutes, func(t *testing.T, clean, all []arrival) {
		want, got := storyOf(clean), storyOf(all)
		if got.taken < len(clean) {
			t.Errorf("%d lines taken of %d", got.taken, len(clean))
		}
		if d := cmp.Diff(want.ended, got.ended); d != "" {
			t.Errorf("incidents that ended (-without loss +with loss):\n%s", d)
		}
		if d := cmp.Diff(want.open, got.open); d != "" {
			t.Errorf("open in the end (-without loss +with loss):\n%s", d)
		}
	})
}

// Of what comes by one way nothing is a copy: fast toggles write lines that are
// alike to the byte, and each counts. Only the dump on SIGHUP says some things
// twice.
func TestTogglesAreNoCopies(t *testing.T) {
	toggles := 0
	for _, c := range captures(t) {
		f, copies, seen := newFolding(), 0, map[string]bool{}
		f.each = func(frame []byte, ev parse.Event) {
			if f.state.Copies > copies && ev.Kind != parse.StateDump {
				t.Errorf("%s: taken for a copy: %q", c.version, frame)
			}
			copies = f.state.Copies
			if seen[string(frame)] {
				toggles++
			}
			seen[string(frame)] = true
		}
		for _, s := range c.scenarios {
			f.take(s.log)
		}
	}
	t.Logf("%d lines were alike to the byte with an earlier one", toggles)
	if toggles < 50 {
		t.Error("no fast toggles")
	}
}

// story is what came of lines.
type story struct {
	taken int            // lines that were not taken for copies
	told  []string       // kind and subject of each notice, in order
	ended map[string]int // incidents that ended, by key
	open  map[string]int // those still open
}

// storyOf leads lines through the rules, in the order in which they arrived.
func storyOf(lines []arrival) story {
	s := story{ended: map[string]int{}, open: map[string]int{}}
	r := engine.Replay{
		Policy: alert.Policy{Timing: alert.Timing{GroupWait: alert.DefaultGroupWait}},
		Told: func(d alert.Decision) {
			n := d.Notice
			s.told = append(s.told, fmt.Sprint(n.Kind, " ", duration.ReplaceAllString(n.Subject, "${1}some time")))
		},
		Ended: func(i alert.Incident) { s.ended[i.Key]++ },
	}
	state := engine.New(r.Policy, nil)
	for _, l := range lines {
		r.Observe(l.Fact)
		state.Apply(l.Fact)
	}
	for _, i := range r.Finish() {
		s.open[i.Key]++
	}
	s.taken = len(lines) - state.Copies
	return s
}

// duration is what depends on which copy came first: one header has whole seconds,
// another microseconds.
var duration = regexp.MustCompile(`( after |was down )[0-9hms]+`)
