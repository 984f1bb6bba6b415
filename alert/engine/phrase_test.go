package engine_test

import (
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// TestWordsAreOfTheirMoment: a notice that waits says the same whether its words were
// written when it was sealed, as a trace has it, or when it goes out, long after the
// incident went on.
func TestWordsAreOfTheirMoment(t *testing.T) {
	f := newFlood()
	f.turns(t, 4_000, 100*time.Millisecond)
	compareWords(t, f.facts, 50)
}

// TestWordsOfManyLines: so it is of an incident with more lines than are kept, of which
// the last is written over.
func TestWordsOfManyLines(t *testing.T) {
	f := newFlood()
	for pid := range 100 { // each process of a load balancer that is reloaded and reloaded
		f.log(t, start.Add(time.Duration(pid)*50*time.Millisecond), "Server be/s1 is DOWN. 1 active and 0 backup servers left."+
			" 0 sessions active, 0 requeued, 0 remaining in queue.")
		f.facts[pid].Source.PID = pid + 1
	}
	compareWords(t, f.facts, 1)
}

// compareWords folds facts with and without a trace, and then delivers at least so many
// notices.
func compareWords(t *testing.T, facts []alert.Fact, least int) {
	t.Helper()
	p := policy("ops")
	p.Flap = flapping()
	lazy, eager := engine.New(p, nil), engine.New(p, nil)
	decided := map[string]alert.Notice{}
	eager.Trace(func(d alert.Decision) { decided[d.Notice.ID] = d.Notice })
	apply := func(f alert.Fact) {
		lazy.Apply(f)
		eager.Apply(f)
	}
	for _, f := range facts {
		apply(f)
	}
	told := 0
	for now := facts[len(facts)-1].Time; ; {
		plan := lazy.Due(now, nil)
		switch {
		case plan.Idle:
			apply(alert.Fact{Kind: alert.Operator, Time: now})
			continue
		case len(plan.Send) == 0:
			if told < least {
				t.Errorf("%d notices, want %d", told, least)
			}
			return
		}
		n := plan.Send[0].Notice
		want := decided[n.ID]
		if n.Subject != want.Subject || n.Body != want.Body || n.HTML != want.HTML || n.Subject == "" || n.Body == "" || n.HTML == "" {
			t.Fatalf("%s goes out as\n%s\n%s\nwant\n%s\n%s", n.ID, n.Subject, n.Body, want.Subject, want.Body)
		}
		told++
		apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: plan.Send[0].Channel, Notice: n.ID})
	}
}
