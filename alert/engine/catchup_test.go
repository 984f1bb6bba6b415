package engine_test

import (
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// An outage and its end are told in one only when no attempt for the outage can be on
// its way; an end whose beginning some have is told by itself.
func TestCatchUpLeavesAloneWhatIsInFlight(t *testing.T) {
	for _, tt := range []struct {
		name  string
		done  []string // have it after the first attempt
		retry bool     // a second attempt is on its way when the end comes
		fails bool     // and fails then
		want  []string // the beginnings of the subjects that wait
	}{
		{"waits", nil, false, false, []string{"[UP] be/s1: was down for 3s, recovered: Layer4 timeout"}},
		{"is in flight", nil, true, false, []string{"[DOWN] be/s1", "[UP] be/s1: up again"}},
		{"was in flight", nil, true, true, []string{"[UP] be/s1: was down for 3s, recovered: Layer4 timeout"}},
		{"is known to some", []string{"bob"}, false, false, []string{"[DOWN] be/s1", "[UP] be/s1: up again"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := policy("ops")
			p.GroupWait = 0
			s := engine.New(p, nil)
			line := func(after time.Duration, text string) { s.Apply(observed(t, start.Add(after), "lb1", "1", text)) }
			line(0, "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms"+left)
			first := s.Due(s.Clock(), nil).Send[0].Notice.ID
			fail := func(after time.Duration, done []string) {
				s.Apply(alert.Fact{Kind: alert.Failed, Time: start.Add(after), Channel: "ops", Notice: first, Error: "451", Done: done})
			}
			fail(time.Millisecond, nil)
			s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(1500 * time.Millisecond)})
			fail(1600*time.Millisecond, tt.done) // the next is not before 3.2 s
			if tt.retry {
				fail(1700*time.Millisecond, nil)
				s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(20 * time.Second)})
				if d := s.Due(s.Clock(), nil); len(d.Send) != 1 {
					t.Fatal("the second attempt does not begin")
				}
			}
			up := observed(t, start.Add(3*time.Second), "lb1", "1", "Server be/s1 is UP, reason: Layer4 check passed, check duration: 1ms"+online)
			s.Apply(up)
			if tt.fails {
				fail(21*time.Second, nil)
			}
			var got []string
			deliverAll(s, func(n alert.Notice) { got = append(got, n.Subject) })
			if len(got) != len(tt.want) {
				t.Fatalf("told %q, want %q", got, tt.want)
			}
			for k := range got {
				if !strings.HasPrefix(got[k], tt.want[k]) {
					t.Errorf("told %q, want %q", got[k], tt.want[k])
				}
			}
		})
	}
}

// An escalation and a new outage of the same conversation that wait, too: the first goes
// into the one notice, the second goes on from it.
func TestConversationGoesOnFromTheOneNotice(t *testing.T) {
	p := policy("ops")
	p.GroupWait = 0
	p.ReloadGrace = 0
	s := engine.New(p, nil)
	line := func(after time.Duration, text string) { s.Apply(observed(t, start.Add(after), "lb1", "1", text)) }
	line(0, "Server be/other is DOWN, reason: Layer4 timeout, check duration: 1ms"+left)
	head := s.Due(s.Clock(), nil).Send[0].Notice.ID
	s.Apply(alert.Fact{Kind: alert.Failed, Time: start.Add(time.Millisecond), Channel: "ops", Notice: head, Error: "451"})
	line(time.Second, "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms"+left)
	line(2*time.Second, "Server be/s1 is going DOWN for maintenance"+left)
	line(3*time.Second, "Server be/s1 is UP/READY (leaving forced maintenance).")
	told := map[string]bool{}
	deliverAll(s, func(n alert.Notice) {
		t.Log(n.Subject)
		if told[n.ID] = true; !told[n.First] {
			t.Errorf("%q answers a notice that nobody has", n.Subject)
		}
	})
}

// deliverAll tells the channel ops what waits for it, one notice after the other.
func deliverAll(s *engine.State, told func(alert.Notice)) {
	for s.Waiting()["ops"] > 0 {
		plan := s.Due(s.Clock().Add(time.Minute), nil)
		if plan.Idle {
			s.Apply(alert.Fact{Kind: alert.Operator, Time: s.Clock().Add(time.Minute)})
			continue
		}
		n := plan.Send[0].Notice
		told(n)
		s.Apply(alert.Fact{Kind: alert.Delivered, Time: s.Clock(), Channel: "ops", Notice: n.ID})
	}
}

// A channel that takes notices again is not held up by the waits of what was tried in
// vain: the rest goes out at once.
func TestNothingWaitsOnceTheChannelWorks(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	now := start
	tell := func(server, word, online string) {
		text := "Server be/" + server + " is " + word + ", reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers " + online
		s.Apply(observed(t, now, "lb1", "1", text))
		now = now.Add(3 * time.Second)
		s.Apply(alert.Fact{Kind: alert.Operator, Time: now})
	}
	const left, back = "left. 0 sessions active, 0 requeued, 0 remaining in queue.", "online. 0 sessions requeued, 0 total in queue."
	tell("a", "DOWN", left)
	for range 8 { // to a wait of minutes
		for len(s.Due(now, nil).Send) == 0 {
			now = now.Add(time.Second)
			s.Apply(alert.Fact{Kind: alert.Operator, Time: now})
		}
		s.Apply(alert.Fact{Kind: alert.Failed, Time: now, Channel: "ops", Notice: s.Due(now, nil).Send[0].Notice.ID, Error: "away"})
	}
	tell("b", "DOWN", left)
	tell("a", "UP", back)
	tell("c", "DOWN", left)
	var told []string
	for next := s.Due(now, nil); len(next.Send) > 0; next = s.Due(now, nil) {
		d := next.Send[0]
		told = append(told, d.Notice.Subject)
		s.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: "ops", Notice: d.Notice.ID})
	}
	want := []string{
		"[DOWN] be/b: Layer4 timeout, 1 of 3 left (lb1)",
		"[UP] be/a: was down for",
		"[DOWN] be/c: Layer4 timeout, 1 of 3 left (lb1)",
	}
	if len(told) != 3 || told[0] != want[0] || !strings.HasPrefix(told[1], want[1]) || told[2] != want[2] {
		t.Errorf("told at once %q, want %q", told, want)
	}
}
