package engine_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
)

// What the flood may come to at the most; see TestFlood.
const (
	// Digests of outages, ends and escalations, some each time the storm is told.
	mostSteady = 60
	// And who flaps, who is calm again and who stays down.
	mostFlapping = 80
	// In the third minute of a storm in which ever more proxies lose their last server.
	mostLasting = 40
)

// flapping is the default rule.
func flapping() alert.Flap {
	return alert.Flap{Changes: alert.DefaultFlapChanges, Within: alert.DefaultFlapWithin}
}

// A flood of 100,000 lines in 10 s makes few notices, and those who read them know
// who is down at its end.
func TestFlood(t *testing.T) {
	for name, way := range map[string]struct {
		flap alert.Flap
		most int // notices
	}{
		"each told":   {alert.Flap{}, mostSteady},
		"or flapping": {flapping(), mostFlapping},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlood()
			f.turns(t, floodLines, floodLasts/floodLines)
			l := f.listened(way.flap)
			t.Logf("%d lines, %d notices: %v", len(f.facts), len(l.told), l.kinds())
			if len(l.told) > way.most {
				t.Errorf("%d notices, want at most %d", len(l.told), way.most)
			}
			f.check(t, l)
		})
	}
}

// The longer a storm lasts, the fewer notices each minute of it makes.
func TestFloodThatLasts(t *testing.T) {
	f := newFlood()
	f.turns(t, 36_000, 5*time.Millisecond) // 3 minutes
	l := f.listened(alert.Flap{})
	var minutes [4]int
	for _, n := range l.told {
		minutes[min(3, int(n.Time.Sub(start)/time.Minute))]++
	}
	t.Logf("notices in each minute, and after: %v", minutes)
	if minutes[2] > mostLasting {
		t.Errorf("%d notices in the third minute, want at most %d", minutes[2], mostLasting)
	}
	f.check(t, l)
}

// listened returns one who has heard the flood to its end.
func (f *flood) listened(flap alert.Flap) *listener {
	p := policy("ops")
	p.Digest, p.Flap = alert.DefaultDigest, flap
	p.ReloadGrace, p.ReloadQuiet = alert.DefaultReloadGrace, alert.DefaultReloadQuiet
	l := newListener(p)
	for _, fact := range f.facts {
		l.hear(fact)
	}
	l.listen(start.Add(floodLasts + alert.DefaultFlapWithin + time.Minute))
	return l
}

// check compares what the state and its listener hold for true with the truth.
func (f *flood) check(t *testing.T, l *listener) {
	t.Helper()
	if d := cmp.Diff(f.downServers(), l.downServers()); d != "" {
		t.Errorf("who is down (-truth +state):\n%s", d)
	}
	if d := cmp.Diff(f.emptyBackends(), l.state.Empty()); d != "" {
		t.Errorf("backends without server (-truth +state):\n%s", d)
	}
	if len(l.state.Overflow) > 0 {
		t.Errorf("cut off: %v", l.state.Overflow)
	}
	for _, s := range f.slots {
		switch {
		case !s.isDown():
		case !l.heard(s):
			t.Errorf("nobody was told that %s is down since %v", s.name(), s.of.down[s.n].Sub(start))
		case !l.knows(s):
			t.Errorf("%s is down, the latest notices say %q and %q", s.name(), l.last[s.name()].Subject, l.last[s.of.name].Subject)
		}
	}
}
