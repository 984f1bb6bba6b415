package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"

	"golang.org/x/term"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/web"
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

// notifiers makes the channels that the configuration names.
func notifiers(c *Config, stdout io.Writer, log *slog.Logger) map[string]alert.Notifier {
	channels := map[string]alert.Notifier{}
	if *c.Console.Enabled {
		channels[consoleChannel] = &notify.Console{W: stdout, Color: colored(stdout)}
	}
	for _, t := range c.tables() {
		channels[t.Common().Name] = t.Notifier(log)
	}
	return channels
}

// colored reports whether w is a terminal whose user did not ask for plain text
// (no-color.org).
func colored(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
