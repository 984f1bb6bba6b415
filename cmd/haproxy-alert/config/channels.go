package config

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"os"
	"reflect"
	"regexp"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/mail"
	"haproxy-alert/alert/notify/web"
	"haproxy-alert/cmd/haproxy-alert/term"
)

// Channels are the channels of the configuration, a list of tables each. To add one is a
// file in alert/notify and a line here.
type Channels struct {
	Mailer       []Mailer           `toml:"mailer"`
	Webhook      []web.Webhook      `toml:"webhook"`
	Exec         []notify.Exec      `toml:"exec"`
	Alertmanager []web.Alertmanager `toml:"alertmanager"`
	PagerDuty    []web.PagerDuty    `toml:"pagerduty"`
	Slack        []web.Slack        `toml:"slack"`
	Ntfy         []web.Ntfy         `toml:"ntfy"`
	Telegram     []web.Telegram     `toml:"telegram"`
	Teams        []web.Teams        `toml:"teams"`
}

// channelTable is one channel as the file describes it.
type channelTable interface {
	Common() *notify.Settings
	// Check returns the faults of the settings, each "key: cause".
	Check() []error
	Notifier(log *slog.Logger) alert.Notifier
}

// placedTable is a channel and where it stands in the file.
type placedTable struct {
	channelTable
	kind string // "mailer"
	key  string // "mailer[0]"
}

// tables returns all channels of the file but the console, in the order of Channels.
func (c *Channels) tables() []placedTable {
	var tables []placedTable
	all := reflect.ValueOf(c).Elem()
	for n := range all.NumField() {
		kind := all.Type().Field(n).Tag.Get("toml")
		for k := range all.Field(n).Len() {
			table := all.Field(n).Index(k).Addr().Interface().(channelTable)
			tables = append(tables, placedTable{table, kind, fmt.Sprintf("%s[%d]", kind, k)})
		}
	}
	return tables
}

// nameTables names a channel that has no name after its kind, when it is the only one.
func (c *Channels) nameTables() {
	count := map[string]int{}
	for _, t := range c.tables() {
		count[t.kind]++
	}
	for _, t := range c.tables() {
		if name := &t.Common().Name; *name == "" && count[t.kind] == 1 {
			*name = t.kind
			if t.kind == "mailer" {
				*name = "mail"
			}
		}
	}
}

// Notifiers makes the channels that the configuration names.
func Notifiers(c *Config, stdout io.Writer, log *slog.Logger) map[string]alert.Notifier {
	channels := map[string]alert.Notifier{}
	if *c.Console.Enabled {
		channels[consoleChannel] = &notify.Console{W: stdout, Color: term.Colored(stdout)}
	}
	for _, t := range c.tables() {
		channels[t.Common().Name] = t.Notifier(log)
	}
	return channels
}

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
