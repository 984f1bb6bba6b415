package twin_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"haproxy-alert/alert"
	"haproxy-alert/alert/internal/alerttest"
)

var start = alerttest.Start

func pick[T any](t *rapid.T, name string, from ...T) T { return rapid.SampledFrom(from).Draw(t, name) }

// one reports true once in n draws.
func one(t *rapid.T, name string, n int) bool { return rapid.IntRange(0, n-1).Draw(t, name) == n-1 }

// anyRules draws rules with waits of seconds, so that all of them meet.
func anyRules(t *rapid.T) alert.Policy {
	p := alerttest.Policy("ops", "pager")
	wait := func(name string, from ...time.Duration) time.Duration { return pick(t, name, from...) }
	p.HoldDown = wait("hold_down", 0, 0, 4*time.Second)
	p.ReloadGrace = wait("reload_grace", 0, 3*time.Second, 5*time.Second)
	p.ReloadQuiet = wait("reload_quiet", 6*time.Second, 2*time.Second, 0)
	p.Remind = wait("remind", 0, 7*time.Second)
	p.LimitQuiet = wait("limit_quiet", 0, 8*time.Second)
	p.Drops = wait("drops", 0, 6*time.Second)
	p.HardStops = rapid.Bool().Draw(t, "hard_stops")
	p.ChannelAlarm = wait("channel_alarm", 0, 5*time.Second, time.Minute)
	p.Digest = pick(t, "digest", 0, 2, 2, 5)
	p.Planned = pick(t, "planned", alert.PlannedNotice, alert.PlannedNotice, alert.PlannedAlert, alert.PlannedSilent)
	p.Flap = alert.Flap{Changes: pick(t, "flap", 0, 0, 2, 3, 6), Within: wait("within", 8*time.Second, 20*time.Second)}
	if one(t, "group_by host", 4) {
		p.GroupBy = []string{"host"}
	}
	if one(t, "level", 3) {
		p.Channels[1].Level = alert.LevelOf(pick(t, "least", alert.Emergency, alert.Alert))
	}
	if one(t, "rate", 4) {
		p.Channels[0].Rate = alert.Rate{Count: pick(t, "count", 1, 2, 4), Per: time.Minute}
	}
	if one(t, "give up", 4) {
		p.Channels[0].GiveUpAfter = wait("after", 3*time.Second, 90*time.Second)
	}
	for range pick(t, "routes", 0, 0, 1, 2) {
		r := alert.Route{Match: anyMatch(t), Channels: []string{pick(t, "channel", "ops", "pager")}, Continue: rapid.Bool().Draw(t, "continue")}
		if one(t, "route's hold", 3) {
			hold := wait("hold", 0, 3*time.Second)
			r.HoldDown = &hold
		}
		p.Routes = append(p.Routes, r)
	}
	if len(p.Routes) > 0 && !one(t, "no last route", 4) {
		p.Routes = append(p.Routes, alert.Route{Channels: []string{"ops"}})
	}
	for k := range pick(t, "silences", 0, 1, 1, 2) {
		p.Silences = append(p.Silences, anySilence(t, fmt.Sprint("config", k), start))
	}
	return p
}

// anyMatch draws a match: of one server mostly, so that what belongs together is told apart.
func anyMatch(t *rapid.T) alert.Match {
	m := alert.Match{Proxy: anyPattern(t, "proxy", "px", "py", "px", "p.")}
	if !one(t, "whole proxy", 3) {
		m.Server = anyPattern(t, "server", "a", "b", ".")
	}
	if one(t, "kinds", 6) {
		m.Kinds = []alert.NoticeKind{pick(t, "kind", alert.Problem, alert.Recovery, alert.Unknown)}
	}
	return m
}

func anyPattern(t *rapid.T, name string, from ...string) alert.Pattern {
	p, err := alert.ParsePattern(pick(t, name, from...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func anySilence(t *rapid.T, id string, now time.Time) alert.Silence {
	from := now.Add(pick(t, "from", 0, 0, 3*time.Second, 10*time.Second))
	return alert.Silence{
		ID: id, Match: anyMatch(t),
		From: from, Until: from.Add(pick(t, "for", 2*time.Second, 5*time.Second, 20*time.Second, 2*time.Minute)),
	}
}
