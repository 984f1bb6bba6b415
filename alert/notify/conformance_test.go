package notify_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
	"haproxy-alert/alert/notify/mail"
	"haproxy-alert/alert/notify/web"
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
var webChannels = map[string]func(web.Web) alert.Notifier{
	"webhook": func(w web.Web) alert.Notifier { return &web.Webhook{URL: notifytest.HookURL, Web: w} },
	"slack":   func(w web.Web) alert.Notifier { return &web.Slack{URL: notifytest.HookURL, Web: w} },
	"ntfy":    func(w web.Web) alert.Notifier { return &web.Ntfy{URL: notifytest.HookURL, Topic: "ops", Web: w} },
	"telegram": func(w web.Web) alert.Notifier {
		return &web.Telegram{URL: notifytest.HookURL, Token: "1:a", ChatID: "-100", Web: w}
	},
	"teams": func(w web.Web) alert.Notifier { return &web.Teams{URL: notifytest.HookURL, Web: w} },
	"pagerduty": func(w web.Web) alert.Notifier {
		return &web.PagerDuty{URL: notifytest.HookURL, RoutingKey: "k", Web: w}
	},
	"alertmanager": func(w web.Web) alert.Notifier { return &web.Alertmanager{URLs: []string{notifytest.HookURL}, Web: w} },
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
	s := map[fault]*notifytest.Script{
		healthy:   {},
		temporary: {Answers: map[string]string{"RCPT": "451 4.3.0 later"}},
		permanent: {Answers: map[string]string{"RCPT": "550 5.1.1 no such user"}},
		mute:      {Stall: "RCPT"},
	}[f].Start(t)
	m := &mail.Mailer{
		Name: "ops", Relays: []string{"mx.example.com:25"}, TLS: mail.TLSNone, Timeout: time.Hour,
		From: netmail.Address{Address: "alerts@example.com"}, To: notifytest.Addresses("a@example.com"), Dial: s.Dial,
	}
	return m, func() int { return len(s.Taken()) }
}

func consoleBench(t *testing.T, f fault) (alert.Notifier, func() int) {
	switch f {
	case permanent:
		return nil, nil
	case temporary:
		return notify.Console{W: brokenWriter{}}, func() int { return 0 }
	case mute:
		ours, theirs := net.Pipe()
		t.Cleanup(func() { ours.Close() })
		return notify.Console{W: theirs}, func() int { return 0 }
	case healthy:
	}
	var b strings.Builder
	return notify.Console{W: &b}, func() int { return strings.Count(b.String(), "be_shop/web1: Layer4 timeout, 2 of") }
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
		if _, err := n.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			t.Fatalf("Notify: %v", err)
		}
		if got := count(); got != 1 {
			t.Errorf("the peer took %d notices, want 1", got)
		}
	})
}

func TestEveryChannelRetriesTemporaryTrouble(t *testing.T) {
	conform(t, temporary, func(t *testing.T, n alert.Notifier, count func() int) {
		_, err := n.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
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
		if _, err := n.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); !alert.IsPermanent(err) {
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
		_, err := n.Notify(ctx, notifytest.Dispatch(notifytest.Problem()))
		if !errors.Is(err, stop) || alert.IsPermanent(err) {
			t.Errorf("Notify: %v, want %v, not permanent", err, stop)
		}
		slack := time.Second
		if _, real := n.(*notify.Exec); real {
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
		if _, err := n.Notify(ctx, notifytest.Dispatch(notifytest.Problem())); !errors.Is(err, context.Canceled) {
			t.Errorf("Notify: %v, want %v", err, context.Canceled)
		}
		if got := count(); got != 0 {
			t.Errorf("the peer took %d notices, want 0", got)
		}
	})
}

func TestEveryChannelTakesHostileText(t *testing.T) {
	conform(t, healthy, func(t *testing.T, n alert.Notifier, _ func() int) {
		if _, err := n.Notify(t.Context(), notifytest.Dispatch(notifytest.Hostile())); err != nil {
			t.Errorf("Notify: %v", err)
		}
	})
}

// webBench is the bench of a channel over HTTP.
func webBench(make func(web.Web) alert.Notifier) bench {
	return func(t *testing.T, f fault) (alert.Notifier, func() int) {
		stop := t.Context().Done()
		taken := 0
		p := notifytest.StartWebPeer(t, map[fault]http.HandlerFunc{
			healthy:   func(http.ResponseWriter, *http.Request) { taken++ },
			temporary: notifytest.Answering(http.StatusServiceUnavailable, "later"),
			permanent: notifytest.Answering(http.StatusUnprocessableEntity, "no such thing"),
			mute:      func(_ http.ResponseWriter, r *http.Request) { <-notifytest.First(stop, r.Context().Done()) },
		}[f])
		peer := web.Web{Dial: p.Dial, Proxy: "none"}
		peer.Timeout = notify.Duration(time.Hour)
		return make(peer), func() int { return taken }
	}
}

func execBench(t *testing.T, f fault) (alert.Notifier, func() int) {
	taken := filepath.Join(t.TempDir(), "taken")
	script := map[fault]string{
		healthy: "cat >>" + taken, temporary: "echo later >&2; exit 75", permanent: "exit 65", mute: "sleep 100 & sleep 100",
	}[f]
	return &notify.Exec{Command: []string{"/bin/sh", "-c", script}, Timeout: notify.Duration(time.Hour)}, func() int {
		text, _ := os.ReadFile(taken)
		return strings.Count(string(text), "\n")
	}
}
