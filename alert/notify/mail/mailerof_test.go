package mail

import (
	"net/mail"

	"haproxy-alert/alert/notify/internal/notifytest"
)

// mailer returns a Mailer that reaches s in clear.
func mailer(s *notifytest.Script) *Mailer {
	return &Mailer{
		Name: "ops", Relays: []string{"mx.example.com:25"}, TLS: TLSNone,
		From: mail.Address{Name: "HAProxy alerts", Address: "alerts@example.com"},
		To:   notifytest.Addresses("a@example.com"), Dial: s.Dial,
	}
}
