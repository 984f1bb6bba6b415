package loop_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

var errRelay = errors.New("dial tcp 192.0.2.1:25: connection refused")

// failing returns a peer that is away from one time to another, counted from now.
func failing(from, to time.Duration) *phone {
	p, begin := newPhone(), time.Now()
	p.answer = func(context.Context, alert.Dispatch) (alert.Receipt, error) {
		if since := time.Since(begin); since >= from && since < to {
			return alert.Receipt{}, errRelay
		}
		return alert.Receipt{}, nil
	}
	return p
}

// taken lists what a phone took, by the subjects in their order.
func taken(j *memory, channel string, p *phone) []string {
	ok := map[string]bool{}
	for _, f := range j.facts {
		if f.Kind == alert.Delivered && f.Channel == channel {
			ok[f.Notice] = true
		}
	}
	var subjects []string
	for last := ""; ; {
		select {
		case d := <-p.rang:
			if ok[d.Notice.ID] && d.Notice.ID != last {
				subjects = append(subjects, d.Notice.Subject)
			}
			last = d.Notice.ID
		default:
			return subjects
		}
	}
}

// A channel that fails for long is told through the others once, and once more when it
// works; an outage and its end that waited meanwhile are one notice.
func TestChannelAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad, good, j := failing(0, 25*time.Minute), newPhone(), newMemory()
		p := policy("bad", "good")
		p.ChannelAlarm = 10 * time.Minute
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"bad": bad, "good": good})
		observe(t, l, down(t, "be/s1"))
		time.Sleep(3 * time.Minute)
		observe(t, l, down(t, "be/s2"))
		time.Sleep(time.Minute)
		observe(t, l, up(t, "be/s1"))
		time.Sleep(time.Hour)
		stop()
		want := []string{
			"[DOWN] be/s2: Layer4 timeout, 1 of 3 left (lb1)",
			"[UP] be/s1: was down for 4m, recovered: Layer4 timeout (lb1)",
		}
		if d := cmp.Diff(want, taken(j, "bad", bad)); d != "" {
			t.Errorf("bad (-want +got):\n%s", d)
		}
		want = []string{
			"[DOWN] be/s1: Layer4 timeout, 1 of 2 left (lb1)",
			"[DOWN] be/s2: Layer4 timeout, 1 of 3 left (lb1)",
			"[UP] be/s1: up again after 4m (lb1)",
			"[BLIND] channel bad: cannot be told for 10m, 2 notices wait: " + errRelay.Error(),
			"[UP] channel bad: takes notices again after 25m 42s, 1 notice that waited goes out now",
		}
		got := taken(j, "good", good)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("good (-want +got):\n%s", d)
		}
	})
}

// What is lost on a channel is told through the others, once an hour at the most, and what
// is lost of such a telling is not.
func TestLossIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad, worse, good, j := newPhone(), newPhone(), newPhone(), newMemory()
		refuse := func(context.Context, alert.Dispatch) (alert.Receipt, error) {
			return alert.Receipt{}, alert.Permanent(errors.New("550 5.1.1 no such user"))
		}
		bad.answer, worse.answer = refuse, refuse
		p := policy("bad", "worse", "good")
		p.ChannelAlarm = 10 * time.Minute
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"bad": bad, "worse": worse, "good": good})
		for k := range 20 {
			observe(t, l, down(t, fmt.Sprintf("be/s%d", k)))
			time.Sleep(time.Minute)
		}
		time.Sleep(3 * time.Hour)
		stop()
		var alarms []string
		for _, subject := range good.subjects() {
			if strings.Contains(subject, "channel bad") {
				alarms = append(alarms, subject)
			}
		}
		if len(alarms) != 2 || !strings.HasSuffix(alarms[0], "gave up on [DOWN] be/s0: Layer4 timeout, 1 of 2 left (lb1): 550 5.1.1 no such user") ||
			!strings.Contains(alarms[1], "and 18 notices more: 550") {
			t.Errorf("alarms: %q", alarms)
		}
		if st := l.State.Channels(time.Now())[0]; st.Refused != 20+2 { // and two alarms about worse
			t.Errorf("refused %d, want 22", st.Refused)
		}
	})
}

// busy is an error of a peer that says when to come back.
type busy time.Duration

func (b busy) Error() string             { return "429 too many requests" }
func (b busy) RetryAfter() time.Duration { return time.Duration(b) }

func TestRetryAfter(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Second, 90 * time.Second: 90 * time.Second, 48 * time.Hour: alert.MaxRetryAfter,
	} {
		synctest.Test(t, func(t *testing.T) {
			ops, j := newPhone(), newMemory()
			ops.answer = func(_ context.Context, d alert.Dispatch) (alert.Receipt, error) {
				if d.Attempt == 1 {
					return alert.Receipt{}, fmt.Errorf("post: %w", busy(asked))
				}
				return alert.Receipt{}, nil
			}
			l, stop := running(t, engine.New(policy("ops"), nil), j, map[string]alert.Notifier{"ops": ops})
			observe(t, l, down(t, "be/s1"))
			time.Sleep(3 * time.Hour)
			stop()
			var failed, delivered time.Time
			for _, f := range j.facts {
				switch f.Kind {
				case alert.Failed:
					failed = f.Time
				case alert.Delivered:
					delivered = f.Time
				default:
				}
			}
			if waited := delivered.Sub(failed); waited < want*4/5 || waited > want+time.Millisecond {
				t.Errorf("asked for %v: waited %v, want %v", asked, waited, want)
			}
		})
	}
}

// More than the rate is told in one, in order, and never more than the rate in its time.
func TestRateFoldsTheSurplus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops, j := newPhone(), newMemory()
		p := policy("ops")
		p.Channels[0].Rate = alert.Rate{Count: 6, Per: time.Hour}
		l, stop := running(t, engine.New(p, nil), j, map[string]alert.Notifier{"ops": ops})
		for k := range 40 {
			observe(t, l, down(t, fmt.Sprintf("be/s%02d", k)))
			time.Sleep(5 * time.Second)
		}
		time.Sleep(3 * time.Hour)
		stop()
		got := ops.subjects()
		if len(got) != 4 || !strings.HasPrefix(got[2], "[DOWN] be/s02:") ||
			!strings.HasPrefix(got[3], "[DOWN] be/s03: Layer4 timeout, 1 of 5 left (lb1), and 36 notices more") {
			t.Errorf("told %q", got)
		}
	})
}

func TestRateNext(t *testing.T) {
	r := alert.Rate{}
	if err := r.UnmarshalText([]byte("30/h")); err != nil || r.String() != "30/h" || r.Per != time.Hour {
		t.Errorf("read %v, %v", r, err)
	}
	for _, bad := range []string{"", "30", "/h", "0/h", "-1/h", "3/w", "30/1h", "99999/s"} {
		if err := new(alert.Rate).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a rate", bad)
		}
	}
}
