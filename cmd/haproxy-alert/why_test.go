package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/template"
	"haproxy-alert/cmd/haproxy-alert/history"
	"haproxy-alert/parse"
)

var whyStart = time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)

// chronicle writes a journal as a daemon would, whose channels answer as answer says.
type chronicle struct {
	t      *testing.T
	dir    string
	state  *engine.State
	facts  []alert.Fact
	answer func(alert.Dispatch) alert.Fact
}

func newChronicle(t *testing.T, p alert.Policy) *chronicle {
	t.Helper()
	return &chronicle{
		t: t, dir: filepath.Join(t.TempDir(), "journal"), state: engine.New(p, nil),
		answer: func(alert.Dispatch) alert.Fact { return alert.Fact{Kind: alert.Delivered} },
	}
}

func (c *chronicle) apply(f alert.Fact) {
	c.facts = append(c.facts, f)
	c.state.Apply(f)
}

// until sends what becomes due.
func (c *chronicle) until(end time.Time) {
	for now := c.state.Clock(); !now.After(end); {
		plan := c.state.Due(now, nil)
		for _, d := range append(plan.Send, plan.GiveUp...) {
			f := c.answer(d)
			f.Time, f.Channel, f.Notice = now, d.Channel, d.Notice.ID
			c.apply(f)
		}
		switch {
		case len(plan.Send)+len(plan.GiveUp) > 0:
		case plan.Idle:
			c.apply(alert.Fact{Kind: alert.Operator, Time: now})
		case plan.Next.IsZero():
			return
		default:
			now = plan.Next
		}
	}
}

// at lets the daemon work until a time since the start, then a fact comes.
func (c *chronicle) at(since time.Duration, f alert.Fact) {
	f.Time = whyStart.Add(since)
	if len(c.facts) > 0 {
		c.until(f.Time.Add(-time.Nanosecond))
	}
	c.apply(f)
}

// line lets a health line come from lb1.
func (c *chronicle) line(since time.Duration, text string) {
	c.t.Helper()
	ev, ok := parse.Line(text)
	if !ok {
		c.t.Fatalf("no health line: %q", text)
	}
	c.at(since, alert.Fact{
		Kind: alert.Observed, At: whyStart.Add(since), Event: ev, Text: text,
		Source: alert.Source{Host: "lb1", Tag: "haproxy", PID: 7, Facility: 16},
	})
}

// write puts the facts on disk.
func (c *chronicle) write() {
	c.t.Helper()
	j, _, err := journal.Open(journal.Options{Dir: c.dir})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range c.facts {
		if err := j.Append(c.t.Context(), []alert.Fact{f}); err != nil {
			c.t.Fatal(err)
		}
		<-j.Committed()
	}
	if err := j.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// why tells of a name as the command does, times as those since the start.
func (c *chronicle) why(name string, p alert.Policy) (told, warned string) {
	c.t.Helper()
	c.write()
	var out, warn bytes.Buffer
	view := &whyText{w: &out, zone: time.UTC}
	q := history.NewInquiry(name, time.Time{}, p, template.Default(time.UTC), func(r history.WhyRow) error {
		fmt.Fprintf(&out, "%v ", r.Time.Sub(whyStart).Round(time.Second))
		return view.Row(r)
	})
	if err := q.Read(c.dir, &warn); err != nil {
		c.t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(out.String()) {
		if at, rest, ok := strings.Cut(line, " "); ok { // no blank lines
			_, words, _ := strings.Cut(rest, " UTC  ")
			rows = append(rows, at+" "+strings.Join(strings.Fields(words), " "))
		}
	}
	return strings.Join(rows, "\n"), warn.String()
}

const (
	whyLeft   = ", reason: Layer4 timeout, check duration: 0ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	whyOnline = ", reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
)

func whyPolicy(channels ...string) alert.Policy {
	p := alert.Policy{Timing: alert.Timing{GroupWait: 2 * time.Second}}
	for _, name := range channels {
		p.Channels = append(p.Channels, alert.Channel{Name: name, GiveUpAfter: time.Hour})
	}
	return p
}

// brief shortens the lines, which say nothing that the test is about.
func brief(told string) string {
	told = strings.ReplaceAll(told, whyLeft, " ...")
	return strings.ReplaceAll(told, whyOnline, " ...")
}

func wantTold(t *testing.T, want, got string) {
	t.Helper()
	if d := cmp.Diff(strings.Split(strings.TrimSpace(want), "\n"), strings.Split(brief(got), "\n")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// Every attempt stands there with its channel, its number, how late it was and what the
// peer said.
func TestWhyTellsAttempts(t *testing.T) {
	p := whyPolicy("ops", "pager", "fax", "late")
	c := newChronicle(t, p)
	c.answer = func(d alert.Dispatch) alert.Fact {
		switch {
		case d.Delay > time.Hour:
			return alert.Fact{Kind: alert.GaveUp, Error: "waited 1h"}
		case d.Channel == "late", d.Channel == "pager" && d.Attempt == 1:
			return alert.Fact{Kind: alert.Failed, Error: "451 try\nlater"}
		case d.Channel == "fax":
			return alert.Fact{Kind: alert.Refused, Error: "550 no such user"}
		}
		return alert.Fact{Kind: alert.Delivered}
	}
	c.line(0, "Server be/s1 is DOWN"+whyLeft)
	c.until(whyStart.Add(10 * time.Second))
	told, warned := c.why("be/s1", p)
	if strings.Count(told, "failed late: problem notice") < 2 || !strings.Contains(told, "waiting late: problem notice, ") {
		t.Errorf("the channel that fails always:\n%s", told)
	}
	var rest []string
	for line := range strings.SplitSeq(told, "\n") {
		if !strings.Contains(line, " late: problem") && !strings.Contains(line, "pager: problem notice,") {
			rest = append(rest, line)
		}
	}
	wantTold(t, `
0s line lb1: Server be/s1 is DOWN ...
0s opened be/s1: Layer4 timeout
2s told to ops, pager, fax, late: [DOWN] be/s1: Layer4 timeout, 1 of 2 left (lb1)
2s delivered ops: problem notice
2s refused fax: problem notice: 550 no such user`, strings.Join(rest, "\n"))
	for _, want := range []string{"failed pager: problem notice, attempt 1: 451 try·later", "delivered pager: problem notice, attempt 2"} {
		if !strings.Contains(told, want) {
			t.Errorf("nothing of %q:\n%s", want, told)
		}
	}
	if warned != "" {
		t.Errorf("warned: %s", warned)
	}
	c.until(whyStart.Add(3 * time.Hour))
	if told, _ := c.again().why("be/s1", p); !strings.Contains(told, "gave up late: problem notice, 1h") {
		t.Errorf("nothing of giving up:\n%s", told)
	}
}

// again returns the same chronicle, to be written to another place.
func (c *chronicle) again() *chronicle {
	c.dir = filepath.Join(c.t.TempDir(), "journal")
	return c
}

// What a proxy or a digest tells along, and what flapping keeps quiet, is said too.
func TestWhyTellsWhatOthersTold(t *testing.T) {
	p := whyPolicy("ops")
	p.Digest = 3
	p.Flap = alert.Flap{Changes: 3, Within: time.Minute}
	c := newChronicle(t, p)
	c.line(0, "Server be/s1 is DOWN"+whyLeft)
	c.line(time.Second, "backend be has no server available!")
	for k := range 3 {
		c.line(time.Minute, fmt.Sprintf("Server web/s%d is DOWN%s", k, whyLeft))
	}
	at := 10 * time.Minute
	for range 3 {
		c.line(at, "Server fl/s1 is DOWN"+whyLeft)
		c.line(at+10*time.Second, "Server fl/s1 is UP"+whyOnline)
		at += 20 * time.Second
	}
	c.until(whyStart.Add(time.Hour))

	told, _ := c.why("be/s1", p)
	wantTold(t, `
0s line lb1: Server be/s1 is DOWN ...
0s opened be/s1: Layer4 timeout
1s told to ops: [DOWN] be: no server available; s1 Layer4 timeout (lb1) (told along with be)
1s delivered ops: problem notice`, told)

	told, _ = c.again().why("web", p)
	wantTold(t, `
1m0s line lb1: Server web/s0 is DOWN ...
1m0s opened web/s0: Layer4 timeout
1m0s line lb1: Server web/s1 is DOWN ...
1m0s opened web/s1: Layer4 timeout
1m0s line lb1: Server web/s2 is DOWN ...
1m0s opened web/s2: Layer4 timeout
1m2s told to ops: [DOWN] web: 3 servers down: s0, s1, s2 (lb1)
1m2s delivered ops: digest notice`, told)

	told, _ = c.again().why("fl/s1", p)
	wantTold(t, `
10m0s line lb1: Server fl/s1 is DOWN ...
10m0s opened fl/s1: Layer4 timeout
10m2s told to ops: [DOWN] fl/s1: Layer4 timeout, 1 of 2 left (lb1)
10m2s delivered ops: problem notice
10m10s line lb1: Server fl/s1 is UP ...
10m10s closed fl/s1 after 10s
10m12s told to ops: [UP] fl/s1: up again after 10s (lb1)
10m12s delivered ops: recovery notice
10m20s line lb1: Server fl/s1 is DOWN ...
10m20s opened fl/s1: Layer4 timeout
10m22s told to ops: [FLAPPING] fl/s1: goes up and down, quiet until it is calm; last reason: Layer4 timeout (lb1)
10m22s delivered ops: flapping notice
10m30s line lb1: Server fl/s1 is UP ... (told nothing: flapping)
10m30s closed fl/s1 after 10s
10m40s line lb1: Server fl/s1 is DOWN ... (told nothing: flapping)
10m40s opened fl/s1: Layer4 timeout
10m50s line lb1: Server fl/s1 is UP ... (told nothing: flapping)
10m50s closed fl/s1 after 10s
11m52s told to ops: [UP] fl/s1: calm again, 2 outages since that was told (lb1)
11m52s delivered ops: calm notice`, told)
}

// What is told as flapping in a digest is quiet, too.
func TestWhyTellsFlappingOfADigest(t *testing.T) {
	p := whyPolicy("ops")
	p.Digest, p.Flap = 2, alert.Flap{Changes: 3, Within: time.Minute}
	c := newChronicle(t, p)
	for k := range 3 {
		at := time.Duration(k) * 20 * time.Second
		for _, server := range []string{"be/s1", "be/s2"} {
			c.line(at, "Server "+server+" is DOWN"+whyLeft)
		}
		for _, server := range []string{"be/s1", "be/s2"} {
			c.line(at+10*time.Second, "Server "+server+" is UP"+whyOnline)
		}
	}
	c.until(whyStart.Add(time.Hour))
	c.line(2*time.Hour, "Server be/s1 is DOWN"+whyLeft)
	told, _ := c.why("be/s1", p)
	if n := strings.Count(told, "(told nothing: flapping)"); n != 3 || !strings.Contains(told, "[FLAPPING] be: 2 servers going up and down") {
		t.Errorf("%d lines told nothing, want 3:\n%s", n, brief(told))
	}
}

// Each rule that keeps a notice back is named, and where today's rules do not explain
// what the journal says was sent, that is said.
func TestWhyNamesTheRule(t *testing.T) {
	p := whyPolicy("ops")
	c := newChronicle(t, p)
	c.line(0, "Server be/s1 is DOWN"+whyLeft)
	c.line(time.Minute, "Server be/s1 is UP"+whyOnline)
	c.until(whyStart.Add(time.Hour))
	for name, r := range map[string]struct {
		mend func(*alert.Policy)
		want string
	}{
		"hold_down": {func(p *alert.Policy) { p.HoldDown = time.Hour }, "1m0s held hold_down: [DOWN]"},
		"silence": {func(p *alert.Policy) {
			p.Silences = []alert.Silence{{ID: "night", Until: whyStart.Add(time.Hour)}}
		}, "2s held silence night: [DOWN]"},
		"level": {func(p *alert.Policy) {
			p.Channels[0].Level = alert.LevelOf(alert.Emergency)
		}, "2s held no route or level lets it through: [DOWN]"},
	} {
		p := whyPolicy("ops")
		r.mend(&p)
		told, warned := c.again().why("be/s1", p)
		if !strings.Contains(told, r.want) || strings.Contains(told, "told to") {
			t.Errorf("%s: want %q in\n%s", name, r.want, told)
		}
		if !strings.Contains(warned, "2 deliveries in the journal are of notices that would not be due today") {
			t.Errorf("%s: warned %q", name, warned)
		}
	}
}

// Copies, late lines and load balancers with incidents of their own are told apart.
func TestWhyTellsOfLines(t *testing.T) {
	p := whyPolicy("ops")
	p.GroupBy = []string{"host", "proxy", "server"}
	c := newChronicle(t, p)
	c.line(0, "Server be/s1 is DOWN"+whyLeft)
	dup := c.facts[0]
	dup.Source.Facility = 17
	c.at(time.Second, dup)
	other := c.facts[0]
	other.Source.Host, other.At = "lb2", whyStart.Add(-time.Minute)
	c.at(30*time.Second, other)
	told, _ := c.why("be/s1", p)
	for _, want := range []string{
		"1s line lb1: Server be/s1 is DOWN" + whyLeft + " (a copy)",
		"30s line lb2: Server be/s1 is DOWN" + whyLeft + " (the line says 2026-11-21 02:59:00 UTC)",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("nothing of %q:\n%s", want, told)
		}
	}
	if n := strings.Count(told, " opened be/s1"); n != 2 {
		t.Errorf("%d incidents, want one for each load balancer:\n%s", n, told)
	}
}

// A writer that fails, as a pager that was quit, ends it.
func TestWhyStopsAtABrokenPipe(t *testing.T) {
	c := newChronicle(t, whyPolicy("ops"))
	c.line(0, "Server be/s1 is DOWN"+whyLeft)
	c.line(time.Minute, "Server be/s1 is UP"+whyOnline)
	c.write()
	rows := 0
	q := history.NewInquiry("be", time.Time{}, whyPolicy("ops"), template.Default(time.UTC), func(history.WhyRow) error {
		rows++
		return io.ErrClosedPipe
	})
	if err := q.Read(c.dir, io.Discard); !errors.Is(err, io.ErrClosedPipe) || rows != 1 {
		t.Errorf("%v after %d rows", err, rows)
	}
}

// Of a log file with gaps, of a listener and of a sender it tells as of a proxy.
func TestWhyTellsOfWhatWasNotHeard(t *testing.T) {
	p := whyPolicy("ops")
	c := newChronicle(t, p)
	const log = "/var/log/haproxy.log"
	miss := alert.Miss{Times: 1, Cause: "log file is shorter than it was", File: log}
	command := func(since time.Duration, f alert.Fact) {
		f.Kind, f.At = alert.Operator, whyStart
		c.at(since, f)
	}
	command(0, alert.Fact{Quiet: log, Miss: miss})
	command(time.Second, alert.Fact{Quiet: "udp://127.0.0.1:5514", Lost: 7})
	command(2*time.Second, alert.Fact{Quiet: "10.0.0.1"})
	command(time.Minute, alert.Fact{Quiet: log, Miss: miss, Heard: true})
	c.until(whyStart.Add(2 * time.Minute))
	told, _ := c.why(log, p)
	wantTold(t, `
0s opened /var/log/haproxy.log: lines may be missing, unknown how much: log file is shorter than it was
0s told to ops: [BLIND] /var/log/haproxy.log: lines may be missing, unknown how much: log file is shorter than it was
0s delivered ops: blind notice
1m0s closed /var/log/haproxy.log after 1m
1m2s told to ops: [UP] /var/log/haproxy.log: read without a gap again, 1 gap in all after 1m
1m2s delivered ops: recovery notice`, told)
	for name, want := range map[string]string{
		"udp://127.0.0.1:5514": "1s opened udp://127.0.0.1:5514: 7 lines dropped by the kernel",
		"10.0.0.1":             "2s opened 10.0.0.1: nothing heard of it",
	} {
		if told, _ := c.again().why(name, p); !strings.HasPrefix(told, want) {
			t.Errorf("%s:\n%s", name, told)
		}
	}
}
