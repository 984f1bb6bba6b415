package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// rough is a daemon whose channels fail, refuse, are slow and hide that they took a
// notice, and which crashes; and all that came of it.
type rough struct {
	t       *rapid.T
	policy  alert.Policy
	state   *engine.State
	journal []alert.Fact
	flying  map[string]alert.Dispatch
	fair    bool

	decided []decided                 // what was to be told, in order
	known   map[decided]bool          // the same
	instead map[decided]string        // what stands for it
	seen    map[string][]alert.Notice // by channel, as they arrived there
	settled map[decided]bool          // taken, refused or given up
	refused map[string]bool           // by channel: it does not know all
	taken   map[decided]bool
}

type decided struct{ channel, notice string }

func newRough(t *rapid.T, p alert.Policy) *rough {
	r := &rough{
		t: t, policy: p, flying: map[string]alert.Dispatch{}, known: map[decided]bool{}, instead: map[decided]string{},
		seen: map[string][]alert.Notice{}, settled: map[decided]bool{}, refused: map[string]bool{}, taken: map[decided]bool{},
	}
	r.open(engine.New(p, nil))
	return r
}

func (r *rough) open(s *engine.State) {
	r.state = s
	s.Trace(func(d alert.Decision) {
		for _, c := range d.Channels {
			for _, id := range d.Instead {
				r.instead[decided{c, id}] = d.Notice.ID
			}
			if is := (decided{c, d.Notice.ID}); !r.known[is] && len(d.Instead) == 0 {
				r.known[is] = true
				r.decided = append(r.decided, is)
			}
		}
	})
}

func (r *rough) apply(f alert.Fact) {
	f.Seq = uint64(len(r.journal) + 1)
	r.journal = append(r.journal, f)
	r.state.Apply(f)
}

// crash forgets what is in flight; the peer may have taken it.
func (r *rough) crash() {
	for _, c := range slices.Sorted(maps.Keys(r.flying)) {
		d := r.flying[c]
		if rapid.Bool().Draw(r.t, "taken before the crash") {
			r.seen[c] = append(r.seen[c], d.Notice)
		}
	}
	clear(r.flying)
	if rapid.Bool().Draw(r.t, "by its checkpoint") {
		r.open(restored(r.t, r.policy, r.state))
		return
	}
	r.open(engine.New(r.policy, nil))
	for _, f := range r.journal {
		r.state.Apply(f)
	}
}

// land ends what is in flight on a channel.
func (r *rough) land(c string) {
	d := r.flying[c]
	delete(r.flying, c)
	f := alert.Fact{Kind: alert.Delivered, Time: r.state.Clock(), Channel: c, Notice: d.Notice.ID}
	outcome := rapid.IntRange(0, 9).Draw(r.t, "outcome")
	switch {
	case r.fair || outcome < 4:
	case outcome == 4:
		f.Kind, f.Error = alert.Refused, "550 no"
		r.refused[c] = true
	case outcome == 5:
		f.Error = "550 bob: no"
	case outcome == 6:
		r.seen[c] = append(r.seen[c], d.Notice) // its 250 was lost
		f.Kind, f.Error = alert.Failed, "reset"
	case outcome == 7:
		f.Kind, f.Error, f.Done = alert.Failed, "451 later", []string{"bob"}
		r.seen[c] = append(r.seen[c], d.Notice)
	default:
		f.Kind, f.Error = alert.Failed, "451 later"
		f.Wait = time.Duration(rapid.IntRange(0, 20).Draw(r.t, "wait")) * time.Second
	}
	if f.Kind == alert.Delivered {
		r.seen[c] = append(r.seen[c], d.Notice)
	}
	before := r.total(c)
	r.apply(f)
	if f.Kind != alert.Failed {
		r.settled[decided{c, f.Notice}] = true
		if r.total(c) != before+1 {
			r.t.Fatalf("%s: %s was in flight and is in the queue no more: %s", c, f.Notice, d.Notice.Subject)
		}
	}
}

func (r *rough) total(channel string) int {
	for _, st := range r.state.Channels(r.state.Clock()) {
		if st.Name == channel {
			return st.Delivered + st.Refused + st.GaveUp
		}
	}
	return 0
}

// work lets time pass up to a moment; the worker's clock may be ahead of the facts that
// are still on their way.
func (r *rough) work(until time.Time) {
	now := r.state.Clock()
	for range 2000 {
		busy := map[string]bool{}
		for c := range r.flying {
			busy[c] = true
		}
		plan := r.state.Due(now, busy)
		for _, d := range slices.Concat(plan.Send, plan.GiveUp) {
			r.flying[d.Channel] = d
		}
		for _, c := range r.policy.Channels {
			if _, ok := r.flying[c.Name]; ok && (r.fair || rapid.Bool().Draw(r.t, "lands")) {
				r.land(c.Name)
			}
		}
		if plan.Idle {
			r.apply(alert.Fact{Kind: alert.Operator, Time: now})
		}
		if len(plan.Send)+len(plan.GiveUp) > 0 || plan.Idle {
			continue
		}
		if plan.Next.IsZero() || plan.Next.After(until) {
			return
		}
		now = plan.Next
	}
	r.t.Fatal("never comes to rest")
}

// finish has the peers behave, until nothing waits.
func (r *rough) finish() {
	r.fair = true
	for range 3 { // what lands now may bring an alarm
		r.work(r.state.Clock().Add(48 * time.Hour))
	}
	for c, n := range r.state.Waiting() {
		r.t.Fatalf("%d notices wait for %s for ever", n, c)
	}
}

// standsFor follows what is told in place of a notice.
func (r *rough) standsFor(d decided) decided {
	for range 10_000 {
		id, ok := r.instead[d]
		if !ok {
			return d
		}
		d.notice = id
	}
	r.t.Fatal("notices stand for each other in a circle")
	return d
}

// Whatever the channels do and whenever the daemon crashes: all that was to be told comes
// to an end, by itself or in another; each channel hears things in their order, and of no
// end without its beginning; and the facts alone give the same state.
func TestRoughChannels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		p.Remind = 0 // that never ends
		p.ChannelAlarm = rapid.SampledFrom([]time.Duration{0, 5 * time.Second, time.Minute}).Draw(t, "alarm")
		p.Channels = []alert.Channel{{Name: "ops"}, {Name: "pager"}}
		if rapid.Bool().Draw(t, "rated") {
			p.Channels[0].Rate = alert.Rate{Count: rapid.IntRange(1, 4).Draw(t, "rate"), Per: time.Minute}
		}
		r := newRough(t, p)
		for _, f := range anyLines(t) {
			if !r.state.Clock().IsZero() {
				r.work(f.Time.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "skew")) * time.Second))
			}
			r.apply(f)
			if rapid.IntRange(0, 7).Draw(t, "crash") == 0 {
				r.crash()
			}
		}
		r.finish()
		r.check()
	})
}

func (r *rough) check() {
	for _, d := range r.decided {
		if !r.settled[r.standsFor(d)] {
			r.t.Fatalf("%s was never told %s", d.channel, d.notice)
		}
	}
	for c, seen := range r.seen {
		r.checkOrder(c, seen)
		r.checkBelief(c, seen)
	}
	live := checkpoint(r.t, r.state)
	again := engine.New(r.policy, nil)
	for _, f := range r.journal {
		again.Apply(f)
	}
	replayed := checkpoint(r.t, again)
	if d := cmp.Diff(string(live), string(replayed)); d != "" {
		r.t.Fatalf("state (-live +replayed):\n%s", d)
	}
}

func (r *rough) checkOrder(c string, seen []alert.Notice) {
	begun, last, first := map[string]bool{}, alert.Notice{}, map[string]alert.Notice{}
	for _, n := range seen {
		if begun[n.ID] {
			if d := cmp.Diff(first[n.ID], n); d != "" {
				r.t.Fatalf("%s hears %s again, and differently (-first +again):\n%s", c, n.ID, d)
			}
			continue
		}
		begun[n.ID], first[n.ID] = true, n
		if n.Time.Before(last.Time) {
			r.t.Fatalf("%s hears %q of %v after %q of %v", c, n.Subject, n.Time, last.Subject, last.Time)
		}
		last = n
		if first := (decided{c, n.First}); n.First != n.ID && !begun[n.First] && !r.settled[first] {
			r.t.Fatalf("%s hears %q of a conversation that never began there (%s)", c, n.Subject, fmt.Sprint(first))
		}
	}
}

// checkBelief holds what the reader of a channel believes to be down, by what was told
// last of each key, against what is down and was told there.
func (r *rough) checkBelief(c string, seen []alert.Notice) {
	if r.refused[c] {
		return
	}
	believed, open := map[string]string{}, map[string]bool{}
	unknown := map[string]bool{} // a reload left it open what it is
	for _, n := range seen {
		for _, p := range n.Parts {
			switch {
			case p.Planned:
			case p.Kind == alert.Unknown:
				unknown[p.Key] = true
			case p.Closed.IsZero():
				believed[p.Key] = n.Subject
			default:
				delete(believed, p.Key)
			}
		}
	}
	for _, p := range r.state.Told(c) {
		if open[p.Key] = true; !p.Planned && believed[p.Key] == "" && !unknown[p.Key] {
			r.t.Fatalf("%s was not told last that %s is down:\n%s", c, p.Key, brief(seen))
		}
	}
	for key, subject := range believed {
		if !open[key] && !unknown[key] {
			r.t.Fatalf("%s was told last %q, which is over:\n%s", c, subject, brief(seen))
		}
	}
}
