package loop_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// A source that falls silent is told, reminded of, and told when it is heard again;
// a crash in between changes nothing.
func TestBlind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy("ops")
		p.Remind = time.Hour
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"ops": ops})
		since := time.Now()
		time.Sleep(10 * time.Minute)
		for range 3 { // said again and again: told once
			if err := l.Quiet(t.Context(), "10.0.0.1", since, false); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(90 * time.Minute)
		stop()

		s := j.recovered(p)
		if got := s.Blind(); !slices.Equal(got, []string{"10.0.0.1"}) {
			t.Errorf("blind for %q after a restart", got)
		}
		l, stop = running(t, s, newMemory(), map[string]alert.Notifier{"ops": ops})
		if err := l.Quiet(t.Context(), "10.0.0.1", time.Now(), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop()
		want := []string{
			"[BLIND] 10.0.0.1: nothing heard of it: whatever happens there is not seen (10.0.0.1)",
			"[STILL DOWN] 10.0.0.1: still nothing heard of it for 1h 10m (10.0.0.1)",
			"[UP] 10.0.0.1: heard again after 1h 40m (10.0.0.1)",
		}
		if d := cmp.Diff(want, ops.subjects()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
		if len(s.Open()) != 0 || len(s.Blind()) != 0 {
			t.Errorf("still open: %v", s.Open())
		}
	})
}

// A listener that loses lines is told, and when it loses no more; a crash in between
// changes nothing, and a silent source is another matter.
func TestLosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy("ops")
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"ops": ops})
		const at = "udp://127.0.0.1:5514"
		for range 2 { // said again: told once
			if err := l.Lost(t.Context(), at, 7, time.Now(), false); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		stop()
		s := j.recovered(p)
		if got := s.Losing(); !slices.Equal(got, []string{at}) || len(s.Blind()) > 0 {
			t.Errorf("losing at %q, blind for %q after a restart", got, s.Blind())
		}
		l, stop = running(t, s, newMemory(), map[string]alert.Notifier{"ops": ops})
		if err := l.Lost(t.Context(), at, 1200, time.Now(), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop()
		want := []string{
			"[BLIND] udp://127.0.0.1:5514: lines are lost here, 7 lines dropped by the kernel: raise read_buffer and net.core.rmem_max",
			"[UP] udp://127.0.0.1:5514: loses no more, 1200 lines dropped by the kernel after 1m",
		}
		if d := cmp.Diff(want, ops.subjects()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
		if len(s.Open()) != 0 || len(s.Losing()) != 0 {
			t.Errorf("open %v, losing at %q", s.Open(), s.Losing())
		}
	})
}

// A log file of which lines may be missing is told once, with what is known of them, and
// when it has no more gaps; a crash in between changes nothing.
func TestMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy("ops")
		ops, j := newPhone(), newMemory()
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"ops": ops})
		const log = "/var/log/haproxy.log"
		noticed := time.Now()
		m := alert.Miss{Times: 1, Cause: "cannot read a rotated file: permission denied", File: log + ".1", Since: noticed.Add(-3 * time.Hour)}
		for range 2 { // said again: told once
			if err := l.Missed(t.Context(), log, m, noticed, false); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		stop()
		s := j.recovered(p)
		if got := s.Gappy(); !slices.Equal(got, []string{log}) || len(s.Blind())+len(s.Losing()) > 0 {
			t.Errorf("gaps in %q, blind for %q, losing at %q after a restart", got, s.Blind(), s.Losing())
		}
		l, stop = running(t, s, newMemory(), map[string]alert.Notifier{"ops": ops})
		m.Times, m.Bytes = 3, 1200
		if err := l.Missed(t.Context(), log, m, noticed, true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop()
		want := []string{
			"[BLIND] /var/log/haproxy.log: lines of the last 3h may be missing, unknown how much: cannot read a rotated file: permission denied (/var/log/haproxy.log.1)",
			"[UP] /var/log/haproxy.log: read without a gap again, 3 gaps in all after 1m",
		}
		if d := cmp.Diff(want, ops.subjects()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
		if len(s.Open()) != 0 || len(s.Gappy()) != 0 {
			t.Errorf("open %v, gaps in %q", s.Open(), s.Gappy())
		}
	})
}

// A daemon that was restarted in between has counted anew, and says no less than is known.
func TestLosingOverARestart(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	fact := func(after time.Duration, lines int, over bool) {
		at := start.Add(after)
		s.Apply(alert.Fact{Kind: alert.Operator, Time: at, At: at, Quiet: "udp://127.0.0.1:5514", Lost: lines, Heard: over})
	}
	fact(0, 700, false)
	fact(time.Minute, 1, true)
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(time.Hour)})
	for now := start.Add(time.Hour); len(s.Due(now, nil).Send) > 0; {
		d := s.Due(now, nil).Send[0]
		if !strings.Contains(d.Notice.Subject, "700 lines dropped") {
			t.Errorf("told %q", d.Notice.Subject)
		}
		s.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: "ops", Notice: d.Notice.ID})
	}
	if n := s.Channels(s.Clock())[0].Delivered; n != 2 {
		t.Errorf("%d notices, want 2", n)
	}
}
