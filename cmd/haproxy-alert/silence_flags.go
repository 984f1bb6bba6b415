package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/control"
)

// silenceOptions are the flags of `silence add`.
type silenceOptions struct {
	proxy, server, host string
	kinds               []string
	lasts               string
	from, until         string
	hours, zone         string
	comment             string
}

func (o *silenceOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.proxy, "proxy", "", "`EXPRESSION` over the names of proxies")
	f.StringVar(&o.server, "server", "", "`EXPRESSION` over the names of servers; that of a proxy without any server is empty")
	f.StringVar(&o.host, "host", "", "`EXPRESSION` over the names of load balancers")
	f.StringSliceVar(&o.kinds, "kind", nil, "`KIND` of notice: problem, escalation, planned, flapping, reminder (may be repeated)")
	f.StringVar(&o.lasts, "for", "", "how long, such as 2h or 7d")
	f.StringVar(&o.until, "until", "", "`TIME` of its end")
	f.StringVar(&o.from, "from", "", "`TIME` of its beginning; default: now")
	f.StringVar(&o.hours, "hours", "", "`WINDOWS` of the week, such as \"Sat,Sun 02:00-04:00\"")
	f.StringVar(&o.zone, "zone", "", "time `ZONE`, such as Europe/Paris")
	f.StringVar(&o.comment, "comment", "", "why, for those who list it")
}

// form reads the flags, with times as of now.
func (o *silenceOptions) form(now time.Time) (control.SilenceForm, error) {
	f := control.SilenceForm{Hours: o.hours, Comment: o.comment}
	place, err := config.ZoneOf(o.zone)
	if err != nil {
		return f, fmt.Errorf("zone: %w", err)
	}
	f.Proxy, err = parsePattern("proxy", o.proxy, err)
	f.Server, err = parsePattern("server", o.server, err)
	f.Host, err = parsePattern("host", o.host, err)
	for _, name := range o.kinds {
		var k alert.NoticeKind
		if bad := k.UnmarshalText([]byte(name)); bad != nil {
			err = errors.Join(err, fmt.Errorf("kind: %w", bad))
		}
		f.Kinds = append(f.Kinds, k)
	}
	if o.hours != "" {
		f.Zone, _ = alert.ParseZone(o.zone) // read above
	}
	if err == nil {
		err = o.span(&f, now, place)
	}
	return f, err
}

// parsePattern reads the expression of a flag, and adds what is wrong with it to the
// faults so far.
func parsePattern(flag, expr string, faults error) (alert.Pattern, error) {
	p, err := alert.ParsePattern(expr)
	if err != nil {
		err = fmt.Errorf("%s: %w", flag, err)
	}
	return p, errors.Join(faults, err)
}

// span reads from when until when it lasts.
func (o *silenceOptions) span(f *control.SilenceForm, now time.Time, place *time.Location) (err error) {
	begin := now.Round(0)
	if o.from != "" {
		if f.From, err = parseMoment(o.from, now, place); err != nil {
			return fmt.Errorf("from: %w", err)
		}
		begin = f.From
	}
	switch {
	case o.lasts != "" && o.until != "":
		return errors.New("want --for or --until, not both")
	case o.lasts != "":
		var d config.Duration
		if err := d.UnmarshalText([]byte(o.lasts)); err != nil {
			return fmt.Errorf("for: %w", err)
		}
		f.Until = begin.Add(time.Duration(d))
	case o.until != "":
		if f.Until, err = parseMoment(o.until, begin, place); err != nil {
			return fmt.Errorf("until: %w", err)
		}
	}
	return nil
}

// momentForms are how an operator may write a time, besides RFC 3339 and "15:04".
var momentForms = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"}

// parseMoment reads a time in a zone; a time of day is the next one after the given
// time.
func parseMoment(text string, after time.Time, place *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, form := range momentForms {
		if t, err := time.ParseInLocation(form, text, place); err == nil {
			return t, nil
		}
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fmt.Errorf(`want a time such as "02:00" or "2026-11-22 02:00", not %q`, text)
	}
	y, m, d := after.In(place).Date()
	t := time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, place)
	if !t.After(after) {
		t = time.Date(y, m, d+1, clock.Hour(), clock.Minute(), 0, 0, place)
	}
	return t, nil
}
