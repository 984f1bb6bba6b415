package config

import (
	"cmp"
	"fmt"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// Policy is what the core needs of the configuration. What cannot be made into a
// rule was reported at load and is left out.
func (c *Config) Policy() alert.Policy {
	in := c.Incidents
	p := alert.Policy{
		GroupBy: in.GroupBy,
		Timing: alert.Timing{
			GroupWait: time.Duration(in.GroupWait), HoldDown: time.Duration(in.HoldDown), Remind: time.Duration(in.Remind),
		},
		ReloadGrace: time.Duration(in.ReloadGrace), ReloadQuiet: time.Duration(in.ReloadQuiet),
		Flap:       alert.Flap{Changes: in.Flapping.Changes, Within: time.Duration(in.Flapping.Within)},
		LimitQuiet: time.Duration(in.LimitQuiet), Drops: time.Duration(in.Drops), HardStops: in.HardStops,
		Digest: in.Digest, Planned: in.Planned, ChannelAlarm: time.Duration(in.ChannelAlarm),
		Channels: c.alertChannels(),
	}
	for _, r := range c.Route {
		if rule, err := r.rule(); err == nil {
			p.Routes = append(p.Routes, rule)
		}
	}
	for i, q := range c.Silence {
		if rule, err := q.rule(i); err == nil {
			p.Silences = append(p.Silences, rule)
		}
	}
	return p
}

func (c *Config) alertChannels() []alert.Channel {
	var channels []alert.Channel
	if *c.Console.Enabled {
		channels = append(channels, alert.Channel{
			Name: consoleChannel, Level: c.Console.Level, GiveUpAfter: time.Duration(c.Incidents.GiveUpAfter),
		})
	}
	for _, t := range c.tables() {
		set := t.Common()
		channels = append(channels, alert.Channel{
			Name: set.Name, Level: set.Level, Rate: set.Rate,
			GiveUpAfter: time.Duration(cmp.Or(set.GiveUpAfter, c.Incidents.GiveUpAfter)),
		})
	}
	return channels
}

// Renderer is what writes the notices. Templates that cannot be read were reported at
// load: then it is nil, which stands for the default ones.
func (c *Config) Renderer() *template.Renderer {
	r, _ := c.Words.words()
	return r
}

// words reads the templates; times are shown in the zone of this machine.
func (w Words) words() (*template.Renderer, error) {
	return template.Custom(template.Texts(w), time.Local)
}

func (m Match) rule() (alert.Match, error) {
	hours, err := alert.ParseHours(m.Hours, m.Zone)
	return alert.Match{
		Proxy: m.Proxy, Server: m.Server, Host: m.Host, Kinds: m.Kinds, Level: m.Level, Hours: hours,
	}, err
}

func (r Route) rule() (alert.Route, error) {
	match, err := r.Match.rule()
	return alert.Route{
		Match: match, Channels: r.Channels, Continue: r.Continue,
		GroupWait: (*time.Duration)(r.GroupWait), HoldDown: (*time.Duration)(r.HoldDown), Remind: (*time.Duration)(r.Remind),
	}, err
}

func (q Silence) rule(index int) (alert.Silence, error) {
	match, err := q.Match.rule()
	hours := match.Hours
	match.Hours = alert.Hours{} // they bound the silence, whose end tells what it held back
	return alert.Silence{
		ID: cmp.Or(q.Name, fmt.Sprintf("silence[%d]", index)), Match: match,
		From: q.From.Time, Until: q.Until.Time, Hours: hours, Comment: q.Comment,
	}, err
}
