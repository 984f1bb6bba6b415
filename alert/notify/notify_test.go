package notify

import (
	"flag"
	"net/mail"
	"testing"
	"time"

	"go.uber.org/goleak"

	"haproxy-alert/alert"
)

var update = flag.Bool("update", false, "rewrite the golden letters in testdata/mail")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// problem is a notice as the core makes them.
func problem() alert.Notice {
	at := time.Date(2026, 11, 5, 10, 20, 30, 0, time.FixedZone("", 3600))
	return alert.Notice{
		ID: "9f86d081884c7d65", Kind: alert.Problem, Severity: alert.Alert,
		Incident: "60303ae22b998861", First: "9f86d081884c7d65",
		Proxy: "be_shop", Server: "web1", Time: at, Opened: at,
		Subject:   "DOWN be_shop/web1: Layer4 timeout, 2 of 3 servers left",
		Body:      "Server be_shop/web1 is DOWN since 10:20:28, seen by lb1 and lb2.\n\nReason: Layer4 timeout, check duration 2001 ms.\n2 active servers left.\n",
		Observers: []string{"lb1", "lb2"},
		Parts: []alert.Part{{
			Incident: "60303ae22b998861", Key: "be_shop/web1", Proxy: "be_shop", Server: "web1",
			Kind: alert.Problem, Severity: alert.Alert, Opened: at, Reason: "Layer4 timeout",
		}},
	}
}

func dispatch(n alert.Notice) alert.Dispatch {
	return alert.Dispatch{Channel: "ops", Notice: n, Attempt: 1}
}

func addresses(list ...string) []mail.Address {
	to := make([]mail.Address, len(list))
	for i, a := range list {
		to[i].Address = a
	}
	return to
}

// mailer returns a Mailer that reaches s in clear.
func mailer(s *script) *Mailer {
	return &Mailer{
		Name: "ops", Relays: []string{"mx.example.com:25"}, TLS: TLSNone,
		From: mail.Address{Name: "HAProxy alerts", Address: "alerts@example.com"},
		To:   addresses("a@example.com"), Dial: s.dial,
	}
}
