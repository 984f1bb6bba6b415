package main

import (
	"cmp"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"os"
	"regexp"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/mail"
)

// Mailer is one mail channel.
type Mailer struct {
	notify.Settings
	Relays []string     `toml:"relays"`
	TLS    mail.TLSMode `toml:"tls"`
	notify.TLSFiles
	// ServerName is the name the relay's certificate bears, when it is not the
	// relay's own.
	ServerName string           `toml:"server_name"`
	Auth       mail.AuthMethod  `toml:"auth"`
	Username   string           `toml:"username"`
	Password   notify.SecretRef `toml:"password"`
	From       string           `toml:"from"`
	To         []string         `toml:"to"`
	Helo       string           `toml:"helo"`
	Timeout    Duration         `toml:"timeout"`
	Style      mail.Style       `toml:"style"`
	// Keep is nil when the file does not say.
	Keep *Duration `toml:"keep"`
}

// Notifier makes the mail channel.
func (m *Mailer) Notifier(log *slog.Logger) alert.Notifier {
	mailer := m.channel()
	mailer.Log = log
	return mailer
}

// channel makes the mail channel; what is wrong with it Check says.
func (m *Mailer) channel() *mail.Mailer {
	from, to := m.addresses()
	return &mail.Mailer{
		Name: m.Name, Relays: m.Relays, TLS: m.TLS, TLSFiles: m.TLSFiles, ServerName: m.ServerName, From: from, To: to,
		Auth: m.Auth, Username: m.Username, Password: m.Password, Helo: cmp.Or(m.Helo, hostName()),
		Timeout: time.Duration(m.Timeout), Keep: m.keep(), Style: m.Style,
	}
}

// defaultKeep spares a burst of notices a handshake each.
const defaultKeep = 5 * time.Second

func (m *Mailer) keep() time.Duration {
	if m.Keep == nil {
		return defaultKeep
	}
	return time.Duration(*m.Keep)
}

// Check returns the faults of the settings, each "key: cause"; those of the texts come
// first, for they explain some of the others.
func (m *Mailer) Check() []error {
	var faults []error
	if len(m.Relays) == 0 {
		faults = append(faults, fmt.Errorf(`relays: want at least one relay, such as "mail.example.net:587"`))
	}
	faults = append(faults, checkAddressOf("from", m.From)...)
	for k, to := range m.To {
		faults = append(faults, checkAddressOf(fmt.Sprintf("to[%d]", k), to)...)
	}
	return append(faults, m.channel().Check()...)
}

func checkAddressOf(key, text string) []error {
	if text == "" {
		return []error{fmt.Errorf(`%s: want an address, such as "haproxy-alert@example.net"`, key)}
	}
	if _, err := netmail.ParseAddress(text); err != nil {
		return []error{fmt.Errorf(`%s: %q is no address, want one such as "ops@example.net" or "On call <oncall@example.net>"`, key, text)}
	}
	return nil
}

// addresses reads the mailer's From and To; those that are no addresses Check reports.
func (m *Mailer) addresses() (from netmail.Address, to []netmail.Address) {
	if f, err := netmail.ParseAddress(m.From); err == nil {
		from = *f
	}
	for _, text := range m.To {
		if a, err := netmail.ParseAddress(text); err == nil {
			to = append(to, *a)
		}
	}
	return from, to
}

// hostName is this machine's name, for EHLO; empty when it has none that fits there.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || !heloName.MatchString(name) {
		return ""
	}
	return name
}

var heloName = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
