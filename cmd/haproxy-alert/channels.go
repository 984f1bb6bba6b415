package main

import (
	"cmp"
	"io"
	"log/slog"
	"os"
	"regexp"
	"time"

	"golang.org/x/term"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// notifiers makes the channels that the configuration names.
func notifiers(c *Config, stdout io.Writer, log *slog.Logger) map[string]alert.Notifier {
	channels := map[string]alert.Notifier{}
	if *c.Console.Enabled {
		channels[consoleChannel] = &notify.Console{W: stdout, Color: colored(stdout)}
	}
	for _, m := range c.Mailer {
		mailer := m.channel()
		mailer.Log = log
		channels[m.Name] = mailer
	}
	return channels
}

// channel makes the mail channel; what is wrong with it Check says.
func (m Mailer) channel() *notify.Mailer {
	from, to := m.addresses()
	return &notify.Mailer{
		Name: m.Name, Relays: m.Relays, TLS: m.TLS, CAFile: m.CAFile, ServerName: m.ServerName, From: from, To: to,
		Auth: m.Auth, Username: m.Username, Password: m.Password, Helo: cmp.Or(m.Helo, hostName()),
		Timeout: time.Duration(m.Timeout),
	}
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

// colored reports whether w is a terminal whose user did not ask for plain text
// (no-color.org).
func colored(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
