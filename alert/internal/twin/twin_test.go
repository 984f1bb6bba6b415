// Package twin_test compares the core as it is with the core as it was. Both are fed the same
// facts; after each of them all that can be asked must have the same answers.
//
//	TWIN=20000 go test ./alert/internal/twin -rapid.seed=1
package twin_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haproxy-alert/alert"
)

// fewDraws is how many histories are drawn when TWIN does not say it.
const fewDraws = "15"

func TestTwin(t *testing.T) {
	n := fewDraws
	if more := os.Getenv("TWIN"); more != "" {
		n = more
	}
	if err := flag.Set("rapid.checks", n); err != nil {
		t.Fatalf("TWIN: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		tw := &twin{t: t, policy: anyRules(t), plain: one(t, "default words", 12), flying: map[string]alert.Dispatch{}}
		tw.was, tw.is = oldStart(tw.policy, tw.plain), newStart(tw.policy, tw.plain).(*newCore)
		t.Logf("%+v", tw.policy)
		h := newHistory(t)
		for range rapid.IntRange(1, 45).Draw(t, "facts") {
			f := h.next()
			tw.work(f.Time)
			tw.apply(f)
			tw.restart()
		}
		tw.fair = true
		tw.work(tw.is.clock().Add(20 * time.Second))
		tw.apply(alert.Fact{Kind: alert.Operator, Time: tw.is.clock().Add(10 * time.Minute)})
	})
}

// twin is both cores and the channels that they tell.
type twin struct {
	t       *rapid.T
	policy  alert.Policy
	plain   bool // the default words
	was     core
	is      *newCore
	flying  map[string]alert.Dispatch
	fair    bool // channels take all
	facts   uint64
	history []string
}

func (tw *twin) apply(f alert.Fact) {
	tw.facts++
	f.Seq = tw.facts
	tw.history = append(tw.history, wrote(f))
	tw.same("closed", tw.was.apply(f), tw.is.apply(f))
	tw.same("clock", tw.was.clock(), tw.is.clock())
	tw.same("decided", tw.was.decided(), tw.is.decided())
	tw.same("plan", tw.was.due(tw.is.clock(), nil), tw.is.due(tw.is.clock(), nil))
	tw.same("answers", tw.was.says(f, tw.policy), tw.is.says(f, tw.policy))
}

// same compares what both say.
func (tw *twin) same(what string, was, is any) {
	tw.t.Helper()
	a, err := json.Marshal(was)
	b, err2 := json.Marshal(is)
	if err != nil || err2 != nil {
		tw.t.Fatal(what, err, err2)
	}
	if string(a) == string(b) {
		return
	}
	a, _ = json.MarshalIndent(was, "", " ")
	b, _ = json.MarshalIndent(is, "", " ")
	tw.t.Fatalf("%s (-was +is):\n%s\nafter\n%s\n%+v", what,
		cmp.Diff(strings.Split(string(a), "\n"), strings.Split(string(b), "\n")), strings.Join(tw.history, "\n"), tw.policy)
}

// work lets time pass up to the next fact, as the loop does it, or lets the clock stand
// still in between.
func (tw *twin) work(until time.Time) {
	now := tw.is.clock()
	if now.IsZero() || !tw.fair && one(tw.t, "sleeps", 4) {
		return
	}
	for range 500 {
		busy := map[string]bool{}
		for c := range tw.flying {
			busy[c] = true
		}
		tw.same("plan", tw.was.due(now, busy), tw.is.due(now, busy))
		plan := tw.is.plan(now, busy)
		for _, d := range slices.Concat(plan.Send, plan.GiveUp) {
			tw.flying[d.Channel] = d
		}
		for _, c := range tw.policy.Channels {
			if d, ok := tw.flying[c.Name]; ok && (tw.fair || rapid.Bool().Draw(tw.t, "lands")) {
				delete(tw.flying, c.Name)
				tw.apply(tw.landed(d, now))
			}
		}
		if plan.Idle {
			tw.apply(alert.Fact{Kind: alert.Operator, Time: now})
		}
		if len(plan.Send)+len(plan.GiveUp) > 0 || plan.Idle {
			continue
		}
		if plan.Next.IsZero() || plan.Next.After(until) {
			return
		}
		now = plan.Next
	}
}

// landed is what becomes of an attempt.
func (tw *twin) landed(d alert.Dispatch, now time.Time) alert.Fact {
	f := alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID}
	if tw.fair {
		return f
	}
	switch pick(tw.t, "outcome", 0, 0, 0, 0, 1, 2, 3, 4, 4, 5) {
	case 1:
		f.Kind, f.Error = alert.Refused, "550 no"
	case 2:
		f.Error = "550 bob: no"
	case 3:
		f.Kind, f.Error, f.Done = alert.Failed, "451 later", []string{"bob"}
	case 4:
		f.Kind, f.Error = alert.Failed, "451 later"
		f.Wait = pick(tw.t, "wait", 0, 3*time.Second, 20*time.Second)
	case 5:
		f.Kind, f.Error = alert.GaveUp, "too old"
	}
	return f
}

// restart reads both back from their checkpoints, or has the new one take over from the
// old one's.
func (tw *twin) restart() {
	how := pick(tw.t, "restart", 0, 0, 0, 0, 0, 0, 1, 2)
	if how == 0 {
		return
	}
	clear(tw.flying)
	old, err := tw.was.checkpoint()
	if err != nil {
		tw.t.Fatal(err)
	}
	kept, err := tw.is.checkpoint()
	if err != nil {
		tw.t.Fatal(err)
	}
	word := "restarted"
	if how == 2 {
		kept, word = old, "taken over"
	}
	tw.history = append(tw.history, word)
	tw.was, err = oldRestore(tw.policy, tw.plain, old)
	if err != nil {
		tw.t.Fatal(err)
	}
	is, err := newRestore(tw.policy, tw.plain, kept)
	if err != nil {
		tw.t.Fatal(err)
	}
	tw.is = is.(*newCore)
}

// wrote is a fact in a line.
func wrote(f alert.Fact) string {
	line := fmt.Sprintf("%v ", f.Time.Sub(start))
	switch {
	case f.Kind == alert.Observed:
		late := ""
		if d := f.Time.Sub(f.At); d != 0 {
			late = fmt.Sprintf(" (late by %v)", d)
		}
		return line + fmt.Sprintf("%s[%d]%s%s %s", f.Source.Host, f.Source.PID, f.Source.Listener, late, f.Text)
	case f.Channel != "":
		return line + fmt.Sprintf("%s %v %s %s wait %v", f.Channel, f.Kind, f.Notice, f.Error, f.Wait)
	case f.Silence.ID != "":
		q, _ := json.Marshal(f.Silence)
		return line + fmt.Sprintf("silence expire=%v %s", f.Expire, q)
	case f.Quiet != "":
		return line + fmt.Sprintf("source %s heard=%v lost=%d miss=%d", f.Quiet, f.Heard, f.Lost, f.Miss.Times)
	}
	return line + "time"
}
