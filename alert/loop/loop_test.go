package loop_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/loop"
)

// running starts a loop and returns how to stop it.
func running(t *testing.T, s *engine.State, j alert.Journal, phones map[string]alert.Notifier) (*loop.Loop, func()) {
	t.Helper()
	l := &loop.Loop{State: s, Journal: j, Notifiers: phones, Log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	return l, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func observe(t *testing.T, l *loop.Loop, f alert.Fact) {
	t.Helper()
	if err := l.Observe(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestLoopTellsDownAndUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(1999 * time.Millisecond)
		synctest.Wait()
		if early := ops.subjects(); len(early) > 0 {
			t.Errorf("told before group_wait: %q", early)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		time.Sleep(40 * time.Second)
		observe(t, l, up(t, "be/s1"))
		time.Sleep(time.Minute)
		stop()
		want := []string{
			"[DOWN] be/s1: Layer4 timeout, 1 of 2 left (lb1)",
			"[UP] be/s1: up again after 42s (lb1)",
		}
		if d := cmp.Diff(want, ops.subjects()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

func TestBurstIsOneAppend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newMemory()
		l := &loop.Loop{
			State: engine.New(policy(), nil), Journal: j, Log: slog.New(slog.DiscardHandler),
		}
		for k := range 100 {
			observe(t, l, down(t, fmt.Sprintf("be/s%d", k)))
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if len(j.facts) != 100 || j.appends != 1 {
			t.Errorf("%d facts in %d appends, want 100 in 1", len(j.facts), j.appends)
		}
	})
}

// A channel that fails holds back its own later notices, and nobody else's.
func TestFailingChannelKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad, good := newPhone(), newPhone()
		begin := time.Now()
		bad.answer = func(context.Context, alert.Dispatch) (alert.Receipt, error) {
			if time.Since(begin) < time.Minute {
				return alert.Receipt{}, errors.New("451 try later")
			}
			return alert.Receipt{}, nil
		}
		l, stop := running(t, engine.New(policy("bad", "good"), nil), newMemory(),
			map[string]alert.Notifier{"bad": bad, "good": good})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(3 * time.Second)
		observe(t, l, up(t, "be/s1"))
		time.Sleep(10 * time.Minute)
		stop()
		if got := good.subjects(); len(got) != 2 {
			t.Errorf("good channel got %q", got)
		}
		got := slices.Compact(bad.subjects())
		if len(got) != 2 || !strings.HasPrefix(got[0], "[DOWN]") || !strings.HasPrefix(got[1], "[UP]") {
			t.Errorf("bad channel got %q", got)
		}
	})
}

func TestPermanentErrorEndsNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		ops.answer = func(context.Context, alert.Dispatch) (alert.Receipt, error) {
			return alert.Receipt{}, alert.Permanent(errors.New("550 no such user"))
		}
		l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(time.Hour)
		stop()
		if got := ops.subjects(); len(got) != 1 {
			t.Errorf("%d attempts, want 1", len(got))
		}
		last := j.facts[len(j.facts)-1]
		if last.Kind != alert.Refused || !strings.Contains(last.Error, "550") {
			t.Errorf("last fact is %v %q", last.Kind, last.Error)
		}
	})
}

func TestGivesUpAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		ops.answer = func(_ context.Context, d alert.Dispatch) (alert.Receipt, error) {
			if strings.HasPrefix(d.Notice.Subject, "[DOWN]") {
				return alert.Receipt{}, errors.New("451 never now")
			}
			return alert.Receipt{}, nil
		}
		p := policy("ops")
		p.Channels[0].GiveUpAfter = time.Hour
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(61 * time.Minute)
		observe(t, l, up(t, "be/s1"))
		time.Sleep(2 * time.Hour)
		stop()
		kinds := map[alert.FactKind]int{}
		for _, f := range j.facts {
			kinds[f.Kind]++
		}
		if kinds[alert.GaveUp] != 1 || kinds[alert.Delivered] != 1 || kinds[alert.Failed] < 10 {
			t.Errorf("facts: %v", kinds)
		}
	})
}

// Recipients that have a notice are not told again when others are retried.
func TestDoneRecipientsStayDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := newPhone()
		ops.answer = func(_ context.Context, d alert.Dispatch) (alert.Receipt, error) {
			if d.Attempt == 1 {
				return alert.Receipt{Done: []string{"a@x"}}, errors.New("451 greylisted b@x")
			}
			return alert.Receipt{Done: []string{"b@x"}}, nil
		}
		l, stop := running(t, engine.New(policy("ops"), nil), newMemory(), map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(time.Minute)
		stop()
		first, second := <-ops.rang, <-ops.rang
		if len(first.Done) != 0 || !slices.Equal(second.Done, []string{"a@x"}) {
			t.Errorf("done: %q then %q", first.Done, second.Done)
		}
	})
}

// A crash between the relay's 250 and the fact repeats the notice, with its id.
func TestCrashRepeatsWithTheSameID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		hang := make(chan struct{})
		ops.answer = func(context.Context, alert.Dispatch) (alert.Receipt, error) {
			<-hang
			return alert.Receipt{}, nil
		}
		l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(3 * time.Second)
		first := <-ops.rang
		crashed := j.recovered(policy("ops")) // as the disk is now
		close(hang)
		stop()

		again := newPhone()
		_, stop = running(t, crashed, newMemory(), map[string]alert.Notifier{"ops": again})
		time.Sleep(time.Minute)
		stop()
		second := <-again.rang
		if d := cmp.Diff(first.Notice, second.Notice); d != "" {
			t.Errorf("the repeated notice differs (-first +second):\n%s", d)
		}
	})
}

// A broken disk does not silence us, and what happened meanwhile is kept as soon
// as it works again.
func TestBrokenJournalStillTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
		j.setBroken(true)
		observe(t, l, down(t, "be/s1"))
		time.Sleep(10 * time.Second)
		if got := ops.subjects(); len(got) != 1 {
			t.Fatalf("told %q with a broken journal", got)
		}
		j.setBroken(false)
		observe(t, l, down(t, "be/s2"))
		time.Sleep(time.Second)
		synctest.Wait()
		s, err := engine.Restore(policy("ops"), nil, j.image)
		if err != nil {
			t.Fatalf("no checkpoint after the journal came back: %v", err)
		}
		if open := s.Open(); len(open) != 2 {
			t.Errorf("checkpoint has %d open incidents, want 2", len(open))
		}
		stop()
	})
}

// Stop waits for what is in flight, but not for ever.
func TestStopIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		ops.answer = func(ctx context.Context, _ alert.Dispatch) (alert.Receipt, error) {
			<-ctx.Done()
			return alert.Receipt{}, ctx.Err()
		}
		l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(3 * time.Second)
		begin := time.Now()
		stop()
		if took := time.Since(begin); took != loop.StopGrace {
			t.Errorf("stop took %v, want %v", took, loop.StopGrace)
		}
		if last := j.facts[len(j.facts)-1]; last.Kind != alert.Failed {
			t.Errorf("last fact is %v, want failed", last.Kind)
		}
	})
}
