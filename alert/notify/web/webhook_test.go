package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

func TestWebhookSigns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, notifytest.Answering(http.StatusOK, ""))
		w := &Webhook{URL: notifytest.HookURL, Secret: "k", Headers: map[string]notify.Secret{"X-Team": "web"}, Web: webTo(p)}
		if _, err := w.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			t.Fatal(err)
		}
		h := p.Heads[0]
		// printf '%s.%s' STAMP BODY | openssl dgst -sha256 -hmac k
		want := "sha256=" + w.signature(h.Get("X-HAProxy-Alert-Timestamp"), []byte(p.Bodies[0]))
		if got := h.Get("X-HAProxy-Alert-Signature"); got != want || h.Get("X-Team") != "web" {
			t.Errorf("signature %q, want %q; headers %v", got, want, h)
		}
		if id := notifytest.Problem().ID; h.Get("Idempotency-Key") != id || h.Get("X-HAProxy-Alert-Id") != id {
			t.Errorf("no id in %v", h)
		}
		var got notify.Payload
		if err := json.Unmarshal([]byte(p.Bodies[0]), &got); err != nil || got.Subject != notifytest.Problem().Subject || len(got.Parts) != 1 {
			t.Errorf("%v: %s", err, p.Bodies[0])
		}
	})
}

// What openssl dgst says of the same words: printf '1700000000.{}' | openssl dgst -sha256 -hmac key.
func TestSignature(t *testing.T) {
	const want = "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
	if got := (&Webhook{Secret: "key"}).signature("1700000000", []byte("{}")); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestWebhookTemplate(t *testing.T) {
	for body, want := range map[string]string{
		`{"text": {{json .Subject}}, "n": {{len .Parts}}}`:                                               fmt.Sprintf(`{"text": %q, "n": 1}`, notifytest.Problem().Subject),
		`{{if eq .Kind "problem"}}DOWN{{end}}{{range .Parts}}{{if eq .Severity "alert"}}!{{end}}{{end}}`: "DOWN!",
		`{{if .Subject}}{{(index .Parts 7).Key}}{{end}}`:                                                 `"template_error"`, // fails with this notice
	} {
		synctest.Test(t, func(t *testing.T) {
			p := notifytest.StartWebPeer(t, notifytest.Answering(http.StatusOK, ""))
			var log strings.Builder
			w := &Webhook{URL: notifytest.HookURL, Body: body, Web: webTo(p)}
			w.Notifier(slog.New(slog.NewTextHandler(&log, nil)))
			for range 2 {
				if _, err := w.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.Contains(p.Bodies[0], want) {
				t.Errorf("%s gives %s, want %s", body, p.Bodies[0], want)
			}
			if n := strings.Count(log.String(), "template of the channel failed"); n != strings.Count(want, "template_error") {
				t.Errorf("logged %d times:\n%s", n, log.String())
			}
		})
	}
}

func TestChecksOfWebChannels(t *testing.T) {
	for want, c := range map[string]interface{ Check() []error }{
		`headers: "X: a" as well as "Y b" is no name of a header`: &Webhook{URL: notifytest.HookURL, Headers: map[string]notify.Secret{"Y b": "1", "X: a": "1"}},

		"url: want an address":                            &Webhook{},
		"url: want http:// or https://":                   &Webhook{URL: "ftp://x"},
		"method: want one of POST":                        &Webhook{URL: notifytest.HookURL, Method: "PO ST"},
		"method: want one of":                             &Webhook{URL: notifytest.HookURL, Method: "GET"},
		"headers.content-length: it is":                   &Webhook{URL: notifytest.HookURL, Headers: map[string]notify.Secret{"content-length": "1"}},
		"headers.X-Haproxy-Alert-Id: it is":               &Webhook{URL: notifytest.HookURL, Headers: map[string]notify.Secret{"X-Haproxy-Alert-Id": "1"}},
		"body: line 1, column 2: there is no field Nope":  &Webhook{URL: notifytest.HookURL, Body: "{{.Nope}}"},
		"body: line 1, column 28: there is no field Nope": &Webhook{URL: notifytest.HookURL, Body: `{{if eq .Kind "recovery"}}{{.Nope}}{{end}}`},
		"url: it is no address":                           &Webhook{URL: "https://u:s3/cret@h"},
		`headers: "a b" is no name`:                       &Webhook{URL: notifytest.HookURL, Headers: map[string]notify.Secret{"a b": "c"}},
		"headers.X: want a value":                         &Webhook{URL: notifytest.HookURL, Headers: map[string]notify.Secret{"X": "c\r\nY: d"}},
		"body: line 1: unclosed action":                   &Webhook{URL: notifytest.HookURL, Body: "{{.Nope"},
		"ca_file: ":                                       &Webhook{URL: notifytest.HookURL, Web: Web{TLSFiles: notify.TLSFiles{CAFile: "/nonexistent"}}},
		"cert_file: want cert_file and":                   &Webhook{URL: notifytest.HookURL, Web: Web{TLSFiles: notify.TLSFiles{CertFile: "x"}}},
		"proxy: want http":                                &Slack{URL: notifytest.HookURL, Web: Web{Proxy: "nope"}},
		"topic: want":                                     &Ntfy{Topic: "a b"},
		"token: want a token":                             &Ntfy{Topic: "a", Token: "a\nb"},
		"token: want a bot's":                             &Telegram{ChatID: "1"},
		"chat_id: want":                                   &Telegram{Token: "1:a", ChatID: "ops"},
		"routing_key: want":                               &PagerDuty{},
		"urls: want at least one":                         &Alertmanager{},
		"urls[0]: want http":                              &Alertmanager{URLs: []string{"am:9093"}},
		`labels: "proxy": want`:                           &Alertmanager{URLs: []string{notifytest.HookURL}, Labels: map[string]string{"proxy": "x"}},
		`annotations: "a-b": want`:                        &Alertmanager{URLs: []string{notifytest.HookURL}, Annotations: map[string]string{"a-b": "x"}},
		"token: want a token or":                          &Alertmanager{URLs: []string{notifytest.HookURL}, Token: "t", Username: "u", Password: "p"},
		"username: want username and":                     &Alertmanager{URLs: []string{notifytest.HookURL}, Username: "u"},
		"ends_after: want at least":                       &Alertmanager{URLs: []string{notifytest.HookURL}, EndsAfter: 1},
		"command: want a program":                         &notify.Exec{},
		"command[0]: ":                                    &notify.Exec{Command: []string{"/nonexistent/program"}},
		"command[1]: want it on one":                      &notify.Exec{Command: []string{"/bin/sh", "a\x00b"}},
		`env: want a name of letters`:                     &notify.Exec{Command: []string{"/bin/sh"}, Env: map[string]notify.Secret{"A=B": "c"}},
	} {
		faults := c.Check()
		if len(faults) == 0 || !strings.HasPrefix(faults[0].Error(), want) {
			t.Errorf("%T: %v, want %q", c, faults, want)
		}
	}
	for _, c := range []interface{ Check() []error }{
		&Webhook{URL: notifytest.HookURL, Body: "{{json .}}"}, &Slack{URL: notifytest.HookURL}, &Ntfy{Topic: "a"}, &Telegram{Token: "1:a", ChatID: "@a"},
		&PagerDuty{RoutingKey: "k"}, &Alertmanager{URLs: []string{notifytest.HookURL}}, &notify.Exec{Command: []string{"sh", "-c", "true"}},
	} {
		if faults := c.Check(); len(faults) > 0 {
			t.Errorf("%T: %v", c, faults)
		}
	}
}

var _ alert.Resender = (*Alertmanager)(nil)
