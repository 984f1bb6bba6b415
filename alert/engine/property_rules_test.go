package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// longAfter is when every wait and silence that anyRules draws is over.
const longAfter = 5 * time.Minute

// anyRules draws rules that keep notices back for a while: routes, levels, hold_down
// and silences.
func anyRules(t *rapid.T) alert.Policy {
	p := anyPolicy(t)
	p.HoldDown = rapid.SampledFrom([]time.Duration{0, 0, 4 * time.Second}).Draw(t, "hold")
	p.Channels = []alert.Channel{{Name: "ops"}, {Name: "pager"}}
	if rapid.Bool().Draw(t, "level") {
		p.Channels[1].Level = alert.LevelOf(rapid.SampledFrom([]alert.Severity{alert.Emergency, alert.Alert}).Draw(t, "least"))
	}
	if rapid.Bool().Draw(t, "route") {
		p.Routes = []alert.Route{
			{Match: alert.Match{Proxy: anyPattern(t)}, Channels: []string{"pager"}, Continue: rapid.Bool().Draw(t, "continue")},
			{Channels: []string{"ops"}},
		}
	}
	for k := range rapid.IntRange(0, 2).Draw(t, "silences") {
		p.Silences = append(p.Silences, anySilence(t, fmt.Sprint("config", k), start))
	}
	return p
}

func anyPattern(t *rapid.T) alert.Pattern {
	p, err := alert.ParsePattern(rapid.SampledFrom([]string{"px", "py", "p."}).Draw(t, "proxy"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func anySilence(t *rapid.T, id string, now time.Time) alert.Silence {
	from := now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "from")) * time.Second)
	return alert.Silence{
		ID: id, Match: alert.Match{Proxy: anyPattern(t)},
		From: from, Until: from.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "for")) * time.Second),
	}
}

// anyFacts draws health lines, copies of them by another way, and an operator's
// commands among them.
func anyFacts(t *rapid.T) []alert.Fact {
	var facts []alert.Fact
	for k, f := range anyLines(t) {
		facts = append(facts, f)
		order := alert.Fact{Kind: alert.Operator, Time: f.Time, Silence: alert.Silence{ID: "run"}}
		switch rapid.IntRange(0, 12).Draw(t, "beside") {
		case 0:
			f.Source.Listener = "another"
			f.Time = f.Time.Add(time.Millisecond)
			facts = append(facts, f)
		case 1:
			order.Silence = anySilence(t, fmt.Sprint("run", k), f.Time)
			facts = append(facts, order)
		case 2:
			order.Silence.ID, order.Expire = fmt.Sprint("run", k/2), true
			facts = append(facts, order)
		}
	}
	slices.SortStableFunc(facts, func(a, b alert.Fact) int { return a.Time.Compare(b.Time) })
	return facts
}

// An audience is a daemon whose channels take each notice at once, and what they heard.
type audience struct {
	state *engine.State
	heard map[string][]alert.Notice // by channel
}

func (a *audience) listen(until time.Time) {
	for now := a.state.Clock(); ; {
		plan := a.state.Due(now, nil)
		for _, d := range plan.Send {
			a.heard[d.Channel] = append(a.heard[d.Channel], d.Notice)
			a.state.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID})
		}
		if plan.Idle {
			a.state.Apply(alert.Fact{Kind: alert.Operator, Time: now})
		}
		if len(plan.Send) > 0 || plan.Idle {
			continue
		}
		if plan.Next.IsZero() || plan.Next.After(until) {
			return
		}
		now = plan.Next
	}
}

// hear plays the facts; with crashes the state is written and read back between them.
func hear(t *rapid.T, p alert.Policy, facts []alert.Fact, crashes bool) *audience {
	a := &audience{engine.New(p, nil), map[string][]alert.Notice{}}
	for _, f := range facts {
		if !a.state.Clock().IsZero() {
			a.listen(f.Time)
		}
		a.state.Apply(f)
		if crashes && rapid.Bool().Draw(t, "crash") {
			a.state = restored(t, p, a.state)
		}
	}
	a.listen(a.state.Clock().Add(longAfter))
	return a
}

// Whatever holds notices back: in the end those who are to be told of what is open know
// of it, each channel hears things in their order, nobody hears of an end without its
// beginning, and a restart changes nothing.
func TestRulesOverAnyStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, facts := anyRules(t), anyFacts(t)
		a := hear(t, p, facts, false)
		for _, channel := range p.Channels {
			checkChannel(t, channel.Name, a.heard[channel.Name])
		}
		for _, i := range a.state.Open() {
			for _, channel := range routed(p, i) {
				if !named(a.heard[channel], i) {
					t.Fatalf("%s was not told of %s (%s), open since %v:\n%s", channel, i.Key, i.Reason,
						i.Opened.Sub(start), brief(a.heard[channel]))
				}
			}
		}
		again := hear(t, p, facts, true)
		for _, channel := range p.Channels {
			if d := cmp.Diff(subjects(a.heard[channel.Name]), subjects(again.heard[channel.Name])); d != "" {
				t.Fatalf("%s (-straight +restarting):\n%s", channel.Name, d)
			}
		}
	})
}

// peerView is what Alertmanager and PagerDuty know an incident by.
type peerView struct {
	key      string
	severity alert.Severity
	planned  bool
}

// checkChannel holds what one channel heard against the promises.
func checkChannel(t *rapid.T, channel string, heard []alert.Notice) {
	begun, ids := map[string]bool{}, map[string]bool{}
	same := map[string]peerView{}
	for k, n := range heard {
		switch {
		case ids[n.ID]:
			t.Fatalf("%s heard %s twice: %s", channel, n.ID, n.Subject)
		case n.First != n.ID && !begun[n.First]:
			t.Fatalf("%s hears %q of a conversation that never began there:\n%s", channel, n.Subject, brief(heard))
		case k > 0 && n.Time.Before(heard[k-1].Time):
			t.Fatalf("%s hears %q of %v after %q of %v", channel, n.Subject, n.Time, heard[k-1].Subject, heard[k-1].Time)
		}
		ids[n.ID], begun[n.ID] = true, true
		for _, p := range n.Parts { // peers know an incident by these
			if was, ok := same[p.Incident]; ok && was != (peerView{p.Key, p.Severity, p.Planned}) {
				t.Fatalf("%s hears of incident %s as %v, then as %v", channel, p.Incident, was, p)
			}
			same[p.Incident] = peerView{p.Key, p.Severity, p.Planned}
		}
	}
}

// brief lists what was heard but for reminders.
func brief(heard []alert.Notice) string {
	return strings.Join(subjects(slices.DeleteFunc(slices.Clone(heard), func(n alert.Notice) bool {
		return n.Kind == alert.Reminder
	})), "\n")
}

// routed returns who is to be told of an incident by the rules alone.
func routed(p alert.Policy, i alert.Incident) []string {
	if i.Planned {
		return nil // told as long as it is open, unless it was over when it might have been told
	}
	if len(p.Routes) == 0 {
		return []string{"ops"}
	}
	if first := p.Routes[0]; matches(first.Match.Proxy, i.Proxy) && !first.Continue {
		if p.Channels[1].Level.IsZero() || p.Channels[1].Level.Equal(alert.LevelOf(alert.Alert)) {
			return []string{"pager"}
		}
		return nil
	}
	return []string{"ops"}
}

func matches(p alert.Pattern, proxy string) bool {
	text, _ := p.MarshalText()
	return string(text) == proxy || string(text) == "p." && strings.HasPrefix(proxy, "p")
}
