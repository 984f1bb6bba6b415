package engine_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/template"
	"haproxy-alert/parse"
)

// anyLines draws a stream of health lines about a few servers, from one or two
// load balancers, in any order: also such as no HAProxy would write.
func anyLines(t *rapid.T) []alert.Fact {
	bodies := []string{
		"Server %s is DOWN, reason: Layer4 timeout, check duration: 1ms. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s is UP, reason: Layer4 check passed, check duration: 0ms. %s online. 0 sessions requeued, 0 total in queue.",
		"Server %s is DOWN via px/a. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s is going DOWN for maintenance. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s is UP/READY (leaving forced maintenance).",
		"Server %s is DOWN/READY (leaving forced maintenance).",
		"Server %s enters drain state. %s online. 0 sessions requeued, 0 total in queue.",
		"Server %s is UP (leaving forced drain).",
		"Server %s is DOWN, changed from CLI. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s was DOWN and now enters maintenance.",
		"Server %s is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 0ms. %s online. 0 sessions requeued, 0 total in queue.",
		"Health check for server %s failed, reason: Layer4 timeout, check duration: 1ms, status: 0/2 DOWN.",
		"Health check for server %s succeeded, reason: Layer4 check passed, check duration: 0ms, status: 3/3 UP.",
		"backend %.2s has no server available!",
		"Proxy %.2s reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart.",
		"Proxy %.2s hard-stopped (2 remaining conns will be closed).",
	}
	ofProcess := []string{
		"socket(): not enough free sockets. Raise -n argument. Giving up.", "12 events dropped",
		"soft-stop running for too long, performing a hard-stop.", "Some tasks resisted to hard-stop, exiting now.",
	}
	at := start
	var facts []alert.Fact
	for range rapid.IntRange(1, 40).Draw(t, "lines") {
		at = at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "wait")) * time.Millisecond)
		server := rapid.SampledFrom([]string{"px/a", "px/b", "py/a"}).Draw(t, "server")
		count := rapid.SampledFrom([]string{"0 active and 0 backup servers", "1 active and 0 backup servers"}).Draw(t, "count")
		body := rapid.SampledFrom(bodies).Draw(t, "body")
		text := fmt.Sprintf(body, server)
		if strings.Count(body, "%") > 1 {
			text = fmt.Sprintf(body, server, count)
		}
		if rapid.IntRange(0, 9).Draw(t, "of the process") == 0 {
			text = rapid.SampledFrom(ofProcess).Draw(t, "text")
		}
		host := rapid.SampledFrom([]string{"lb1", "lb1", "lb2"}).Draw(t, "host")
		ev, ok := parse.Line(text)
		if !ok {
			t.Fatalf("no health line: %q", text)
		}
		t.Logf("%v %s %s", at.Sub(start), host, text)
		facts = append(facts, alert.Fact{
			Kind: alert.Observed, Time: at, At: at, Event: ev, Text: text,
			Source: alert.Source{Host: host, PID: rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "pid")},
		})
	}
	return facts
}

// told plays facts straight through and returns what was told and what is open.
func told(p alert.Policy, facts []alert.Fact) ([]alert.Notice, []alert.Incident) {
	return toldIn(nil, p, facts)
}

func toldIn(words *template.Renderer, p alert.Policy, facts []alert.Fact) ([]alert.Notice, []alert.Incident) {
	var notices []alert.Notice
	r := engine.Replay{
		Policy: p, Words: words,
		Told: func(d alert.Decision) {
			if len(d.Channels) > 0 {
				notices = append(notices, d.Notice)
			}
		},
		Ended: func(alert.Incident) {},
	}
	for _, f := range facts {
		r.Observe(f)
	}
	return notices, r.Finish()
}

// anyPolicy draws rules that keep nothing back.
func anyPolicy(t *rapid.T) alert.Policy {
	p := policy()
	draw := func(name string, from ...time.Duration) time.Duration {
		return rapid.SampledFrom(append(from, 0)).Draw(t, name)
	}
	p.Digest = rapid.SampledFrom([]int{0, 2, 5}).Draw(t, "digest")
	p.ReloadGrace = draw("grace", 3*time.Second)
	p.ReloadQuiet = draw("quiet", 10*time.Second)
	p.Remind = draw("remind", 7*time.Second)
	p.LimitQuiet = draw("limit", 11*time.Second)
	p.Drops = draw("drops", 6*time.Second)
	p.HardStops = rapid.Bool().Draw(t, "hard stops")
	p.Flap = alert.Flap{Changes: rapid.SampledFrom([]int{0, 3, 6}).Draw(t, "changes"), Within: 20 * time.Second}
	return p
}

func TestNoticesOfAnyStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		notices, open := told(anyPolicy(t), anyLines(t))
		first := map[string]bool{}
		ids := map[string]bool{}
		for k, n := range notices {
			if ids[n.ID] { // a reminder has an id of its own, too
				t.Fatalf("id %s twice: %s", n.ID, n.Subject)
			}
			ids[n.ID] = true
			if n.First == n.ID {
				first[n.ID] = true
			} else if !first[n.First] {
				t.Fatalf("%q goes on with a conversation that never began:\n%s", n.Subject, strings.Join(subjects(notices), "\n"))
			}
			if k > 0 && n.Time.Before(notices[k-1].Time) {
				t.Fatalf("%q of %v after %q of %v", n.Subject, n.Time, notices[k-1].Subject, notices[k-1].Time)
			}
		}
		for _, i := range open {
			if !named(notices, i) {
				t.Fatalf("nobody was told of %s (%s), open since %v:\n%s", i.Key, i.Reason, i.Opened.Sub(start), strings.Join(subjects(notices), "\n"))
			}
		}
	})
}

// named reports whether a notice names the incident while it was open.
func named(notices []alert.Notice, i alert.Incident) bool {
	for _, n := range notices {
		flapping := n.Kind == alert.Flapping && n.Proxy == i.Proxy ||
			strings.HasPrefix(n.Subject, "[FLAPPING]") && strings.Contains(n.Body, i.Proxy)
		if flapping {
			return true // told to be going up and down; quiet until it is calm
		}
		if slices.ContainsFunc(n.Parts, func(p alert.Part) bool { return p.Incident == i.ID }) {
			return true
		}
		if !n.Time.Before(i.Opened) && (n.Incident == i.ID || strings.Contains(n.Body, i.Key)) {
			return true
		}
	}
	return false
}

// Replay, a daemon that crashes and restarts from a checkpoint or from the bare
// facts, and one whose clock is read at odd moments all tell the same.
func TestRestartsTellTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := anyLines(t)
		p := anyPolicy(t)
		want, _ := told(p, facts)
		p.Channels = []alert.Channel{{Name: "ops"}}
		s := engine.New(p, nil)
		var got []alert.Notice
		var journal []alert.Fact
		apply := func(f alert.Fact) {
			f.Seq = uint64(len(journal) + 1)
			journal = append(journal, f)
			s.Apply(f)
		}
		tell := func(now time.Time) {
			for plan := s.Due(now, nil); len(plan.Send) > 0 || plan.Idle; plan = s.Due(now, nil) {
				if plan.Idle {
					apply(alert.Fact{Kind: alert.Operator, Time: now})
					continue
				}
				n := plan.Send[0].Notice
				got = append(got, n)
				apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: "ops", Notice: n.ID})
			}
		}
		for _, f := range facts {
			if rapid.Bool().Draw(t, "look") && !s.Clock().IsZero() {
				tell(s.Clock().Add(f.Time.Sub(s.Clock()) / 2))
			}
			apply(f)
			switch rapid.IntRange(0, 3).Draw(t, "crash") {
			case 1:
				s = restored(t, p, s)
			case 2:
				s = engine.New(p, nil)
				for _, j := range journal {
					s.Apply(j)
				}
			}
		}
		// As the loop does, at each moment of its own: who sleeps through a reminder does not
		// hear of it later.
		until := func(end time.Time) {
			for now := s.Clock(); ; {
				tell(now)
				next := s.Due(now, nil).Next
				if next.IsZero() || next.After(end) {
					return
				}
				now = next
			}
		}
		end := s.Clock().Add(max(p.GroupWait, p.ReloadGrace) + 500*time.Microsecond)
		until(end)
		until(s.Settled(end))
		if d := cmp.Diff(subjects(want), subjects(got)); d != "" {
			t.Fatalf("(-replay +live):\n%s", d)
		}
	})
}

func restored(t rapid.TB, p alert.Policy, s *engine.State) *engine.State {
	t.Helper()
	s, err := engine.Restore(p, nil, checkpoint(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func checkpoint(t rapid.TB, s *engine.State) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Checkpoint(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func subjects(notices []alert.Notice) []string {
	var out []string
	for _, n := range notices {
		out = append(out, fmt.Sprintf("%v %s %s", n.Time.Sub(start).Round(time.Microsecond), n.Kind, n.Subject))
	}
	return out
}
