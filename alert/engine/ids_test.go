package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/outbox"
)

// A history of the table of ids: what happens, and the ids that follow from it. Mail
// threads, the keys of PagerDuty and the facts "delivered" of journals hang on them, so
// these values never change.
type idCase struct {
	name  string
	rules func(*alert.Policy)
	// lines are "seconds host[pid] text", or "seconds silent NAME", "seconds heard NAME".
	lines string
	fails int    // so many attempts fail at first
	until string // how long time goes on after the last line; empty: 10 s
}

const (
	aDown = "Server be/a is DOWN, reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	aUp   = "Server be/a is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	bDown = "Server be/b is DOWN, reason: Layer4 timeout, check duration: 1ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	bUp   = "Server be/b is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	cDown = "Server bf/c is DOWN, reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	cUp   = "Server bf/c is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	none  = "backend be has no server available!"
)

// line is one line of a history.
func line(second int, text string) string { return fmt.Sprintf("%d lb1[1] %s\n", second, text) }

func turns(count int, from, step int) string {
	var b strings.Builder
	for k := range count {
		text := aDown
		if k%2 == 1 {
			text = aUp
		}
		b.WriteString(line(from+k*step, text))
	}
	return b.String()
}

var idCases = []idCase{
	{name: "problem, recovery", lines: line(0, aDown) + line(10, aUp)},
	{name: "problem and recovery in one", lines: line(0, aDown) + line(1, aUp)},
	{name: "by host", lines: line(0, aDown), rules: func(p *alert.Policy) { p.GroupBy = []string{"host"} }},
	{name: "none, back, relapse, recovery", lines: line(0, aDown) + line(1, bDown) + line(1, none) +
		line(10, bUp) + line(20, bDown) + line(20, none) + line(30, bUp) + line(31, aUp)},
	{name: "flapping, calm", lines: turns(8, 0, 3), until: "30s", rules: func(p *alert.Policy) {
		p.Flap = alert.Flap{Changes: 3, Within: 20 * time.Second}
	}},
	{name: "reminder", lines: line(0, aDown), until: "30s", rules: func(p *alert.Policy) { p.Remind = 12 * time.Second }},
	{name: "unknown", lines: line(0, aDown) + "9 lb1[2] " + cDown + "\n", until: "30s", rules: func(p *alert.Policy) {
		p.ReloadQuiet = 10 * time.Second
	}},
	{name: "blind", lines: "0 silent lb7\n50 heard lb7\n"},
	{name: "limit, over", lines: line(0, "Proxy fe reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart."), until: "1m", rules: func(p *alert.Policy) {
		p.LimitQuiet = 20 * time.Second
	}},
	{name: "events lost, over", lines: line(0, "12 events dropped"), until: "1m", rules: func(p *alert.Policy) {
		p.Drops = 20 * time.Second
	}},
	{name: "hard stop", lines: line(0, "soft-stop running for too long, performing a hard-stop."), rules: func(p *alert.Policy) {
		p.HardStops = true
	}},
	{name: "planned work takes over", lines: line(0, aDown) + line(10, "Server be/a was DOWN and now enters maintenance.") +
		line(20, "Server be/a is UP/READY (leaving forced maintenance).")},
	{name: "digest", lines: line(0, aDown) + line(0, cDown) + line(10, aUp) + line(20, cUp), rules: func(p *alert.Policy) {
		p.Digest = 2
	}},
	{name: "folded", lines: line(0, aDown) + line(5, cDown) + line(10, aUp) + line(12, cUp), until: "1h", rules: func(p *alert.Policy) {
		p.Channels[0].Rate = alert.Rate{Count: 1, Per: time.Minute}
	}},
	{name: "caught up, retries", lines: line(0, cDown) + line(5, aDown) + line(10, aUp), fails: 6, until: "1h"},
	{name: "alarm about a channel", lines: line(0, aDown), fails: 4, until: "1h", rules: func(p *alert.Policy) {
		p.ChannelAlarm = 5 * time.Second
		p.Channels = append(p.Channels, alert.Channel{Name: "pager"})
	}},
}

func TestIDsNeverChange(t *testing.T) {
	for _, c := range idCases {
		t.Run(c.name, func(t *testing.T) {
			p := policy("ops")
			if c.rules != nil {
				c.rules(&p)
			}
			if d := cmp.Diff(strings.TrimSpace(wantIDs[c.name]), strings.TrimSpace(c.play(t, p))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// play tells what is due at its moment and returns the ids.
func (c idCase) play(t *testing.T, p alert.Policy) string {
	t.Helper()
	var said strings.Builder
	s := engine.New(p, nil)
	apply := func(f alert.Fact) {
		for _, i := range s.Apply(f) {
			fmt.Fprintf(&said, "closed %s %s\n", i.Key, i.ID)
		}
	}
	tell := func(until time.Time) {
		for now := s.Clock(); ; {
			plan := s.Due(now, nil)
			for _, d := range plan.Send {
				f := alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID}
				if d.Channel == "ops" && c.fails > 0 {
					c.fails--
					f.Kind, f.Error = alert.Failed, "451 later"
					apply(f)
					fmt.Fprintf(&said, "retry %v\n", s.Channels(now)[0].Next.Sub(start))
					continue
				}
				n := d.Notice
				fmt.Fprintf(&said, "%v %s %s %s\n", n.Kind, n.ID, n.First, n.Incident)
				apply(f)
			}
			if plan.Idle {
				apply(alert.Fact{Kind: alert.Operator, Time: now})
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
	for text := range strings.Lines(c.lines) {
		f := c.fact(t, strings.TrimSpace(text))
		if !s.Clock().IsZero() {
			tell(f.Time)
		}
		apply(f)
	}
	after := 10 * time.Second
	if c.until != "" {
		after = mustDuration(t, c.until)
	}
	tell(s.Clock().Add(after))
	return said.String()
}

func (c idCase) fact(t *testing.T, text string) alert.Fact {
	t.Helper()
	words := strings.SplitN(text, " ", 3)
	at := start.Add(time.Duration(mustInt(t, words[0])) * time.Second)
	if slices.Contains([]string{"silent", "heard"}, words[1]) {
		return alert.Fact{Kind: alert.Operator, Time: at, At: at, Quiet: words[2], Heard: words[1] == "heard"}
	}
	host, pid, _ := strings.Cut(words[1], "[")
	return observed(t, at, host, strings.TrimSuffix(pid, "]"), words[2])
}

// The jitter of retries hangs on the notice's id and the attempt.
func TestRetryWaitsNeverChange(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		1: 826_865_867, 2: 1_839_016_593, 5: 13_493_342_682, 9: 221_919_033_133, 20: 294_592_356_071,
	} {
		if got := outbox.RetryWait("0123456789abcdef", attempt); got != want {
			t.Errorf("attempt %d: %v, want %v", attempt, got, want)
		}
	}
	if got := alert.TestNotice("machine", start).ID; got != "053a66534ba56978" {
		t.Errorf("id of a test notice: %s", got)
	}
}

// wantIDs are, by history: "kind id first incident" of each notice as it goes out, "closed key
// id" of each outage, and "retry" with the time since the start of each attempt that failed.
var wantIDs = map[string]string{
	"problem, recovery": `
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
closed be/a 716500bac00ac343
recovery 39433b16f44d9764 807d25dbfd4c6b02 716500bac00ac343
`,
	"problem and recovery in one": `
closed be/a 716500bac00ac343
recovery 00afc8e0d5450923 00afc8e0d5450923 716500bac00ac343
`,
	"by host": `
problem bb88592aab8eb33e bb88592aab8eb33e 89bfec820b4dad77
`,
	"none, back, relapse, recovery": `
problem 3b6bcf5175318e49 3b6bcf5175318e49 c8082673f3f4f747
closed be/b 86ef6d58a0a0f4e5
escalation 49fd8d8933cccf6f 3b6bcf5175318e49 c8082673f3f4f747
escalation eeec947d40a81f5a 3b6bcf5175318e49 c8082673f3f4f747
closed be/b 0724f805f75c0c3b
closed be/a 716500bac00ac343
closed be c8082673f3f4f747
recovery 047b1e22387d7e38 3b6bcf5175318e49 c8082673f3f4f747
`,
	"flapping, calm": `
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
closed be/a 716500bac00ac343
recovery 39433b16f44d9764 807d25dbfd4c6b02 716500bac00ac343
flapping 57f5ba3d15f3395b 57f5ba3d15f3395b ea38a71a85398a27
closed be/a ea38a71a85398a27
closed be/a 9ec55126945ba69f
closed be/a 2e3203f720f51858
calm 7094a8141cef94f5 57f5ba3d15f3395b ea38a71a85398a27
`,
	"reminder": `
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
reminder be8a751a00894ae7 807d25dbfd4c6b02 716500bac00ac343
reminder f6e826c1a3ece5e8 807d25dbfd4c6b02 716500bac00ac343
`,
	"unknown": `
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
problem 06129a73e6faa507 06129a73e6faa507 75f639eceb372c7e
unknown 3dc8069104b3e643 807d25dbfd4c6b02 716500bac00ac343
`,
	"blind": `
blind c6eca02aa7ec79f9 c6eca02aa7ec79f9 3da16a86707421ad
closed source lb7 3da16a86707421ad
recovery da9ffd7f098c703c c6eca02aa7ec79f9 3da16a86707421ad
`,
	"limit, over": `
problem 6a6052cda60301aa 6a6052cda60301aa 26784f90941cbeb5
closed limit process-fd lb1 fe 26784f90941cbeb5
recovery 597b79d37c2f6ae5 6a6052cda60301aa 26784f90941cbeb5
`,
	"events lost, over": `
blind 4cf717934b6405a4 4cf717934b6405a4 59a8d8e7ee8a07d8
closed ring lb1 59a8d8e7ee8a07d8
recovery 587b0baffc8b8780 4cf717934b6405a4 59a8d8e7ee8a07d8
`,
	"hard stop": `
closed hard-stop lb1 656495f63c9d1bf4
planned 52c9ed3ebfe138e7 52c9ed3ebfe138e7 656495f63c9d1bf4
`,
	"planned work takes over": `
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
closed be/a 716500bac00ac343
recovery 337f2834a3e089c1 807d25dbfd4c6b02 716500bac00ac343
closed be/a e84ca5cb2ba4325e
planned 75f329c423345480 807d25dbfd4c6b02 e84ca5cb2ba4325e
`,
	"digest": `
digest a857fc1ed08fcd1f a857fc1ed08fcd1f a857fc1ed08fcd1f
closed be/a 716500bac00ac343
recovery 39433b16f44d9764 a857fc1ed08fcd1f 716500bac00ac343
closed bf/c 0cf360b99721c730
recovery da338c73eff5255d a857fc1ed08fcd1f 0cf360b99721c730
`,
	"folded": `
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
closed be/a 716500bac00ac343
closed bf/c 6e1b842271b2d123
digest 812c6813416b8b45 812c6813416b8b45 812c6813416b8b45
`,
	"caught up, retries": `
retry 2.919856799s
retry 4.565465546s
retry 8.048449628s
retry 15.340767405s
closed be/a daa19679de17c9d7
retry 30.918683608s
retry 59.521964175s
problem 756239c01f775e1b 756239c01f775e1b 2af46dc01355ba21
recovery 048ab470eb95aa28 048ab470eb95aa28 daa19679de17c9d7
`,
	"alarm about a channel": `
retry 2.912907597s
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
retry 4.826953269s
retry 8.29470675s
blind 93fb24891a92eed9 93fb24891a92eed9 8800715c4d5c3092
retry 15.152068946s
problem 807d25dbfd4c6b02 807d25dbfd4c6b02 716500bac00ac343
recovery 4715ce38b8246d35 93fb24891a92eed9 8800715c4d5c3092
`,
}
