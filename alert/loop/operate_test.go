package loop_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/loop"
	"haproxy-alert/alert/route"
)

// quiet is a silence for all of a proxy, for an hour from now.
func quiet(t *testing.T, id, proxy string) alert.Fact {
	return alert.Fact{Silence: alert.Silence{
		ID: id, Match: alert.Match{Proxy: pattern(t, proxy)}, From: time.Now().Round(0), Until: time.Now().Round(0).Add(time.Hour),
	}}
}

func lift(id string) alert.Fact { return alert.Fact{Expire: true, Silence: alert.Silence{ID: id}} }

func operate(t *testing.T, l *loop.Loop, f alert.Fact) {
	t.Helper()
	if err := l.Operate(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// inForce asks the running loop for the ids of its silences.
func inForce(t *testing.T, l *loop.Loop) []string {
	t.Helper()
	var ids []string
	err := l.Ask(t.Context(), func(s *engine.State) {
		for _, q := range s.ListSilences(time.Now()) {
			ids = append(ids, fmt.Sprintf("%s held %d", q.ID, s.HeldBack(q.ID)))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// What Operate returned from is on disk and in force; a silence holds an outage back
// until it is lifted, and then it is told at once.
func TestOperateSilencesAndLifts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
		operate(t, l, quiet(t, "q1", "be"))
		if last := j.facts[len(j.facts)-1]; last.Kind != alert.Operator || last.Silence.ID != "q1" {
			t.Errorf("the journal's last fact is %+v", last)
		}
		observe(t, l, down(t, "be/s1"))
		time.Sleep(10 * time.Minute)
		if got := ops.subjects(); len(got) != 0 {
			t.Errorf("told %q in spite of the silence", got)
		}
		if d := cmp.Diff([]string{"q1 held 1"}, inForce(t, l)); d != "" {
			t.Errorf("silences (-want +got):\n%s", d)
		}
		operate(t, l, lift("q1"))
		synctest.Wait()
		if got := ops.subjects(); len(got) != 1 {
			t.Errorf("told %q when the silence was lifted", got)
		}
		if got := inForce(t, l); len(got) != 0 {
			t.Errorf("in force: %q", got)
		}
		stop()
	})
}

// A silence outlives the process, by facts and by checkpoint, and its own end ends it.
func TestSilenceSurvivesRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(policy("ops"), nil), j, nil)
		operate(t, l, quiet(t, "q1", "be"))
		stop()
		image, err := engine.Restore(policy("ops"), nil, j.image)
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]*engine.State{"facts": j.recovered(policy("ops")), "checkpoint": image} {
			if d := cmp.Diff([]alert.Silence{j.facts[0].Silence}, s.ListSilences(time.Now())); d != "" {
				t.Errorf("by %s (-want +got):\n%s", name, d)
			}
		}
		l, stop = running(t, image, j, map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(59 * time.Minute)
		early := ops.subjects()
		time.Sleep(2 * time.Minute)
		if late := ops.subjects(); len(early) != 0 || len(late) != 1 {
			t.Errorf("told %q while silent, %q after", early, late)
		}
		stop()
	})
}

// With a broken disk the command holds all the same, and whoever gave it hears that a
// restart would forget it; as soon as the disk works a checkpoint keeps it.
func TestOperateOnBrokenJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newMemory()
		l, stop := running(t, engine.New(policy(), nil), j, nil)
		j.setBroken(true)
		if err := l.Operate(t.Context(), quiet(t, "q1", "be")); !errors.Is(err, loop.ErrNotDurable) {
			t.Errorf("operate: %v, want %v", err, loop.ErrNotDurable)
		}
		if got := inForce(t, l); len(got) != 1 {
			t.Errorf("in force: %q", got)
		}
		j.setBroken(false)
		observe(t, l, down(t, "web/s1"))
		synctest.Wait()
		s, err := engine.Restore(policy(), nil, j.image)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.ListSilences(time.Now())) != 1 {
			t.Error("the checkpoint does not keep the silence")
		}
		stop()
	})
}

// Commands given at the same time are each answered, in a storm of lines too.
func TestOperateIsAnsweredInAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := running(t, engine.New(policy(), nil), newMemory(), nil)
		var wg sync.WaitGroup
		for k := range 20 {
			wg.Go(func() {
				for n := range 50 {
					observe(t, l, down(t, fmt.Sprintf("be/s%d-%d", k, n)))
				}
			})
			wg.Go(func() { operate(t, l, quiet(t, fmt.Sprintf("q%d", k/2), "web")) }) // each twice
		}
		wg.Wait()
		if got := inForce(t, l); len(got) != 10 {
			t.Errorf("in force: %q, want 10", got)
		}
		stop()
	})
}

// Nobody waits for ever: not beyond a context's end, and not for a loop that ended.
func TestOperateAndAskEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := running(t, engine.New(policy(), nil), newMemory(), nil)
		stop()
		if err := l.Operate(t.Context(), quiet(t, "q1", "be")); !errors.Is(err, loop.ErrStopped) {
			t.Errorf("operate: %v", err)
		}
		if err := l.Ask(t.Context(), func(*engine.State) { t.Error("asked a loop that ended") }); !errors.Is(err, loop.ErrStopped) {
			t.Errorf("ask: %v", err)
		}
		idle := &loop.Loop{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := idle.Operate(ctx, quiet(t, "q1", "be")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("operate: %v", err)
		}
	})
}

// No more than MaxSilences are kept; one that is there already is replaced.
func TestSilencesAreBounded(t *testing.T) {
	s := engine.New(policy(), nil)
	add := func(id string) {
		s.Apply(alert.Fact{Kind: alert.Operator, Time: start, Silence: alert.Silence{ID: id, Until: start.Add(time.Hour)}})
	}
	for k := range route.MaxSilences + 5 {
		add(fmt.Sprintf("q%d", k))
	}
	add("q7")
	if n := len(s.ListSilences(start)); n != route.MaxSilences {
		t.Errorf("%d silences, want %d", n, route.MaxSilences)
	}
}
