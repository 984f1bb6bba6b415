package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// A peer that repeats what we sent it does not bring a secret into an error or a trace.
func TestAnswersThatRepeatSecrets(t *testing.T) {
	repeat := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Said", r.URL.RequestURI()+" "+r.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session=s3cret")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "no %s for %s, token %s", r.URL.RequestURI(), r.Header, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	for name, channel := range map[string]func(Web) alert.Notifier{
		"path":  func(w Web) alert.Notifier { return &Slack{URL: notifytest.HookURL, Web: w} },
		"query": func(w Web) alert.Notifier { return &Slack{URL: "http://hooks.example.net/?key=s3cret%20key", Web: w} },
		"user":  func(w Web) alert.Notifier { return &Slack{URL: "http://u:s3cret@hooks.example.net/", Web: w} },
		"header": func(w Web) alert.Notifier {
			return &Webhook{URL: notifytest.HookURL, Headers: map[string]notify.Secret{"X-Key": "s3cret"}, Web: w}
		},
		"bearer": func(w Web) alert.Notifier {
			return &Ntfy{URL: "http://hooks.example.net", Topic: "ops", Token: "s3cret", Web: w}
		},
		"bot's token": func(w Web) alert.Notifier {
			return &Telegram{URL: "http://hooks.example.net", Token: "1:s3cret", ChatID: "1", Web: w}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := notifytest.StartWebPeer(t, repeat)
				var trace bytes.Buffer
				web := webTo(p)
				web.Trace = &trace
				_, err := channel(web).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "hooks.example.net: 403 Forbidden: no ") {
					t.Errorf("Notify: %v", err)
				}
				if strings.Contains(trace.String(), "s3cret") || !strings.Contains(trace.String(), "< X-Said: ") {
					t.Errorf("trace:\n%s", &trace)
				}
			})
		})
	}
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"] = nil
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, "slow\x1b[2J\ndown")
		})
		var trace bytes.Buffer
		web := webTo(p)
		web.Trace = &trace
		_, _ = (&Ntfy{URL: "http://ntfy.example.net", Topic: "ops", Token: "token", Web: web}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		want := fmt.Sprintf(`> POST http://ntfy.example.net/***
> Authorization: ***
> Content-Type: application/json
> User-Agent: haproxy-alert
> (%d octets of body)
< 429 Too Many Requests
< Content-Length: 13
< Content-Type: text/plain
< slow[2J down
`, len(p.Bodies[0]))
		if trace.String() != want {
			t.Errorf("got:\n%s\nwant:\n%s", &trace, want)
		}
	})
}

// A peer that never answers costs one timeout, wherever it goes mute, and leaves no
// goroutine: the bubble would not end.
func TestMutePeers(t *testing.T) {
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"connecting": func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		},
		"handshake": func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go io.Copy(io.Discard, theirs) //nolint:errcheck // ends with ours
			return ours, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				s := &Slack{URL: "https://hooks.example.net/s3cret", Web: Web{Dial: dial, Proxy: noProxy}}
				_, err := s.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				if err == nil || err.Error() != "slack : hooks.example.net: no answer within 10s" || time.Since(begin) != notify.DefaultTimeout {
					t.Errorf("%v after %v", err, time.Since(begin))
				}
			})
		})
	}
}

// An answer that begins with 2xx has taken the notice: what follows is not waited for.
func TestTakenIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		begin := time.Now()
		if _, err := (&Slack{URL: notifytest.HookURL, Web: webTo(p)}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil || time.Since(begin) != 0 {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

// A service that calls a notice bad may mean a key or a chat of the configuration. That
// can be mended, but not for ever: the next notices wait behind it.
func TestBadRequestMayBeMended(t *testing.T) {
	for name, channel := range webChannels {
		for attempt, want := range map[int]bool{1: false, mendTries - 1: false, mendTries: true} {
			if name == "webhook" || name == "alertmanager" {
				want = true // theirs is what the configuration makes of the notice
			}
			synctest.Test(t, func(t *testing.T) {
				p := notifytest.StartWebPeer(t, notifytest.Answering(http.StatusBadRequest, "chat not found"))
				d := notifytest.Dispatch(notifytest.Problem())
				d.Attempt = attempt
				if _, err := channel(webTo(p)).Notify(t.Context(), d); err == nil || alert.IsPermanent(err) != want {
					t.Errorf("%s, attempt %d: %v, permanent %v, want %v", name, attempt, err, alert.IsPermanent(err), want)
				}
			})
		}
	}
}
