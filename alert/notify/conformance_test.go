package notify

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
)

// fault is how the peer of a channel behaves.
type fault int

const (
	healthy fault = iota
	temporary
	permanent
	mute // accepts what comes, or nothing, and never answers
)

// bench sets a channel up against a peer with a fault; count tells how many
// notices the peer took whole. It returns nil for a fault the peer cannot have.
type bench func(t *testing.T, f fault) (n alert.Notifier, count func() int)

// channels are the Notifiers that do not speak HTTP: a new one gets its line here.
var channels = map[string]bench{"console": consoleBench, "mailer": mailerBench, "exec": execBench}

// webChannels are those over HTTP; each is in channels, too.
var webChannels = map[string]func(Web) alert.Notifier{
	"webhook":      func(w Web) alert.Notifier { return &Webhook{URL: hookURL, Web: w} },
	"slack":        func(w Web) alert.Notifier { return &Slack{URL: hookURL, Web: w} },
	"ntfy":         func(w Web) alert.Notifier { return &Ntfy{URL: hookURL, Topic: "ops", Web: w} },
	"telegram":     func(w Web) alert.Notifier { return &Telegram{URL: hookURL, Token: "1:a", ChatID: "-100", Web: w} },
	"teams":        func(w Web) alert.Notifier { return &Teams{URL: hookURL, Web: w} },
	"pagerduty":    func(w Web) alert.Notifier { return &PagerDuty{URL: hookURL, RoutingKey: "k", Web: w} },
	"alertmanager": func(w Web) alert.Notifier { return &Alertmanager{URLs: []string{hookURL}, Web: w} },
}

func benches() map[string]bench {
	all := maps.Clone(channels)
	for name, channel := range webChannels {
		all[name] = webBench(channel)
	}
	return all
}

// unbubbled are the channels whose peers run in real time: programs.
var unbubbled = map[string]bool{"exec": true}

func mailerBench(t *testing.T, f fault) (alert.Notifier, func() int) {
	s := map[fault]*script{
		healthy:   {},
		temporary: {answers: map[string]string{"RCPT": "451 4.3.0 later"}},
		permanent: {answers: map[string]string{"RCPT": "550 5.1.1 no such user"}},
		mute:      {stall: "RCPT"},
	}[f].start(t)
	m := mailer(s)
	m.Timeout = time.Hour
	return m, func() int { return len(s.taken()) }
}

func consoleBench(t *testing.T, f fault) (alert.Notifier, func() int) {
	switch f {
	case permanent:
		return nil, nil
	case temporary:
		return Console{W: brokenWriter{}}, func() int { return 0 }
	case mute:
		ours, theirs := net.Pipe()
		t.Cleanup(func() { ours.Close() })
		return Console{W: theirs}, func() int { return 0 }
	case healthy:
	}
	var b strings.Builder
	return Console{W: &b}, func() int { return strings.Count(b.String(), "be_shop/web1: Layer4 timeout, 2 of") }
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// conform runs check for every channel, in a bubble that fails when a goroutine
// is left.
func conform(t *testing.T, f fault, check func(t *testing.T, n alert.Notifier, count func() int)) {
	for name, bench := range benches() {
		t.Run(name, func(t *testing.T) {
			one := func(t *testing.T) {
				if n, count := bench(t, f); n != nil {
					check(t, n, count)
				}
			}
			if unbubbled[name] {
				one(t)
				return
			}
			synctest.Test(t, one)
		})
	}
}

func TestEveryChannelSendsOnce(t *testing.T) {
	conform(t, healthy, func(t *testing.T, n alert.Notifier, count func() int) {
		if _, err := n.Notify(t.Context(), dispatch(problem())); err != nil {
			t.Fatalf("Notify: %v", err)
		}
		if got := count(); got != 1 {
			t.Errorf("the peer took %d notices, want 1", got)
		}
	})
}

func TestEveryChannelRetriesTemporaryTrouble(t *testing.T) {
	conform(t, temporary, func(t *testing.T, n alert.Notifier, count func() int) {
		_, err := n.Notify(t.Context(), dispatch(problem()))
		if err == nil || alert.IsPermanent(err) {
			t.Errorf("Notify: %v, want an error that is not permanent", err)
		}
		if got := count(); got != 0 {
			t.Errorf("the peer took %d notices, want 0", got)
		}
	})
}

func TestEveryChannelGivesUpOnRefusal(t *testing.T) {
	conform(t, permanent, func(t *testing.T, n alert.Notifier, _ func() int) {
		if _, err := n.Notify(t.Context(), dispatch(problem())); !alert.IsPermanent(err) {
			t.Errorf("Notify: %v, want a permanent error", err)
		}
	})
}

func TestEveryChannelHonoursContext(t *testing.T) {
	conform(t, mute, func(t *testing.T, n alert.Notifier, _ func() int) {
		stop := errors.New("told to stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		begin := time.Now()
		time.AfterFunc(3*time.Second, func() { cancel(stop) })
		_, err := n.Notify(ctx, dispatch(problem()))
		if !errors.Is(err, stop) || alert.IsPermanent(err) {
			t.Errorf("Notify: %v, want %v, not permanent", err, stop)
		}
		slack := waitDelay
		if _, real := n.(*Exec); real {
			slack = time.Minute // its program would take longer, a busy machine does not
		}
		if took := time.Since(begin); took < 3*time.Second || took > 3*time.Second+slack {
			t.Errorf("Notify returned after %s, want the 3s at which ctx ended", took)
		}
	})
}

func TestEveryChannelRefusesEndedContext(t *testing.T) {
	conform(t, healthy, func(t *testing.T, n alert.Notifier, count func() int) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := n.Notify(ctx, dispatch(problem())); !errors.Is(err, context.Canceled) {
			t.Errorf("Notify: %v, want %v", err, context.Canceled)
		}
		if got := count(); got != 0 {
			t.Errorf("the peer took %d notices, want 0", got)
		}
	})
}

func TestEveryChannelTakesHostileText(t *testing.T) {
	conform(t, healthy, func(t *testing.T, n alert.Notifier, _ func() int) {
		if _, err := n.Notify(t.Context(), dispatch(hostile())); err != nil {
			t.Errorf("Notify: %v", err)
		}
	})
}
