package web

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// What an answer's status means for the notice.
func TestAnswers(t *testing.T) {
	for status, want := range map[int]struct {
		delivered, permanent bool
	}{
		200: {true, false}, 204: {true, false}, 202: {true, false},
		400: {false, true}, 413: {false, true}, 422: {false, true},
		401: {}, 403: {}, 404: {}, 407: {}, 408: {}, 410: {}, 429: {}, 500: {}, 502: {}, 503: {}, 301: {},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := notifytest.StartWebPeer(t, notifytest.Answering(status, "because\x1b[31m of\nreasons"))
			w := Webhook{URL: notifytest.HookURL, Web: webTo(p)}
			_, err := w.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
			if (err == nil) != want.delivered || alert.IsPermanent(err) != want.permanent {
				t.Errorf("%d: %v, permanent %v; want delivered %v, permanent %v", status, err, alert.IsPermanent(err), want.delivered, want.permanent)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.ContainsAny(err.Error(), "\x1b\n")) {
				t.Errorf("%d: error says too much: %q", status, err)
			}
			if err != nil && status != 301 && !strings.Contains(err.Error(), "because[31m of reasons") {
				t.Errorf("%d: error does not say why: %q", status, err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 5, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "0": 0, "86400": time.Hour, "18446744073709551615": time.Hour, "-5": 0, "soon": 0, "99999999999999999999": 0,
		"Thu, 05 Nov 2026 10:01:00 GMT": time.Minute, "Fri, 05 Nov 2027 10:01:00 GMT": time.Hour, "Thu, 05 Nov 2026 09:00:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := (&Ntfy{URL: notifytest.HookURL, Topic: "t", Web: webTo(p)}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if later, ok := errors.AsType[interface {
			error
			RetryAfter() time.Duration
		}](err); !ok || later.RetryAfter() != 90*time.Second {
			t.Errorf("%v does not ask to wait 90s", err)
		}
	})
}

// Redirects lead elsewhere on the same host only, with the same method.
func TestRedirects(t *testing.T) {
	for to, want := range map[string]string{
		"http://hooks.example.net/moved":  "",
		"/moved":                          "",
		"http://evil.example.net/moved":   "redirects to http://evil.example.net",
		"https://hooks.example.net/moved": "redirects to https://hooks.example.net",
	} {
		synctest.Test(t, func(t *testing.T) {
			p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/moved" {
					http.Redirect(w, r, to, http.StatusTemporaryRedirect)
				}
			})
			_, err := (&Webhook{URL: notifytest.HookURL, Web: webTo(p)}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
			switch {
			case want == "" && (err != nil || len(p.Bodies) != 2 || p.Bodies[1] == ""):
				t.Errorf("to %s: %v, bodies %q", to, err, p.Bodies)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret")):
				t.Errorf("to %s: %v, want %q", to, err, want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/moved", http.StatusFound) })
		if _, err := (&Webhook{URL: notifytest.HookURL, Web: webTo(p)}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err == nil {
			t.Error("a POST that became a GET is taken for delivered")
		}
	})
}

// An exchange has one deadline, however the peer trickles, and an answer's body is read
// with a bound.
func TestExchangeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(".")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
				}
			}
		})
		web := webTo(p)
		web.Timeout = notify.Duration(5 * time.Second)
		begin := time.Now()
		_, err := (&Webhook{URL: notifytest.HookURL, Web: web}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if took := time.Since(begin); err == nil || took != 5*time.Second {
			t.Errorf("%v after %v, want an error after 5s", err, took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, notifytest.Answering(http.StatusBadGateway, strings.Repeat("x", 10<<20)))
		_, err := (&Webhook{URL: notifytest.HookURL, Web: webTo(p)}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if err == nil || len(err.Error()) > 1000 {
			t.Errorf("error of %d octets", len(err.Error()))
		}
	})
}

// Neither a refused connection nor a trace shows the address, which may be a secret.
func TestSecretsStayOut(t *testing.T) {
	var trace bytes.Buffer
	for _, n := range []alert.Notifier{
		&Webhook{URL: "http://127.0.0.1:1/s3cret", Web: Web{Trace: &trace}},
		&Slack{URL: "http://127.0.0.1:1/s3cret", Web: Web{Trace: &trace}},
		&Telegram{URL: "http://127.0.0.1:1", Token: "1:s3cret", ChatID: "1", Web: Web{Trace: &trace}},
		&PagerDuty{URL: "http://127.0.0.1:1", RoutingKey: "s3cret", Web: Web{Trace: &trace}},
		&Ntfy{URL: "http://127.0.0.1:1", Topic: "s3cret", Token: "s3cret", Web: Web{Trace: &trace}},
		&Webhook{URL: "http://hooks.example.net/s3cret", Web: Web{Proxy: "http://u:s3cret@127.0.0.1:1", Trace: &trace}},
	} {
		_, err := n.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if err == nil || strings.Contains(err.Error(), "s3cret") || alert.IsPermanent(err) {
			t.Errorf("%T: %v", n, err)
		}
	}
	if strings.Contains(trace.String(), "s3cret") || !strings.Contains(trace.String(), "127.0.0.1:1") {
		t.Errorf("trace:\n%s", trace.String())
	}
}
