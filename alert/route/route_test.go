package route_test

import (
	"slices"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/internal/alerttest"
	"haproxy-alert/alert/route"
)

func TestOutcomes(t *testing.T) {
	hour := alerttest.Start.Add(time.Hour)
	long := time.Minute
	p := alerttest.Policy("ops", "boss", "log")
	p.Channels[1].Level = alert.LevelOf(alert.Emergency)
	p.Routes = []alert.Route{
		{Match: alert.Match{Proxy: alerttest.Pattern(t, "audit")}, Channels: []string{"log"}, Continue: true, GroupWait: &long},
		{Match: alert.Match{Proxy: alerttest.Pattern(t, "web.*")}, Channels: []string{"boss", "ops"}},
		{Match: alert.Match{Kinds: []alert.NoticeKind{alert.Planned}}},
		{Channels: []string{"ops"}},
	}
	p.Silences = []alert.Silence{{ID: "night", Match: alert.Match{Proxy: alerttest.Pattern(t, "night")}, Until: hour}}
	r := &route.Router{}
	r.Configure(p, alert.Overflow{})
	r.Operate(alert.Fact{Time: alerttest.Start, Silence: alert.Silence{ID: "q1", Match: alert.Match{Server: alerttest.Pattern(t, "s9")}}})

	about := func(proxy, server string, k alert.NoticeKind, s alert.Severity) alert.Subject {
		return alert.Subject{Proxy: proxy, Server: server, Kind: k, Severity: s}
	}
	for name, tt := range map[string]struct {
		got  route.Outcome
		want route.Outcome
	}{
		"first match":          {r.Beginning(about("web1", "s1", alert.Problem, alert.Alert), nil, alerttest.Start), route.Outcome{To: []string{"ops"}}},
		"level lets it":        {r.Beginning(about("web1", "", alert.Problem, alert.Emergency), nil, alerttest.Start), route.Outcome{To: []string{"ops", "boss"}}},
		"continue":             {r.Beginning(about("audit", "s1", alert.Problem, alert.Alert), nil, alerttest.Start), route.Outcome{To: []string{"ops", "log"}}},
		"no channel":           {r.Beginning(about("be", "s1", alert.Planned, alert.Normal), nil, alerttest.Start), route.Outcome{Rule: "no route or level lets it through"}},
		"who heard hears more": {r.Beginning(about("be", "s1", alert.Escalation, alert.Alert), []string{"log", "gone"}, alerttest.Start), route.Outcome{To: []string{"ops", "log"}}},
		"silence of config":    {r.Beginning(about("night", "s1", alert.Problem, alert.Alert), nil, alerttest.Start), route.Outcome{Rule: "silence night", Silence: "night", Again: hour}},
		"silence of daemon":    {r.Reminder(about("be", "s9", alert.Reminder, alert.Alert), []string{"ops"}, alerttest.Start), route.Outcome{Rule: "silence q1", Silence: "q1"}},
		"reminder":             {r.Reminder(about("be", "s1", alert.Reminder, alert.Alert), []string{"log"}, alerttest.Start), route.Outcome{To: []string{"log"}}},
		"ending":               {r.Ending([]string{"log", "ops"}), route.Outcome{To: []string{"ops", "log"}}},
		"ending unheard":       {r.Ending(nil), route.Outcome{Rule: "nobody was told of its beginning"}},
	} {
		if !slices.Equal(tt.got.To, tt.want.To) || tt.got.Rule != tt.want.Rule || tt.got.Silence != tt.want.Silence || !tt.got.Again.Equal(tt.want.Again) {
			t.Errorf("%s: %+v, want %+v", name, tt.got, tt.want)
		}
	}
	if got := r.Timing(about("audit", "s1", alert.Problem, alert.Alert)).GroupWait; got != long {
		t.Errorf("group_wait of the route is %v, want %v", got, long)
	}
	proxy, server := about("web1", "", alert.Problem, alert.Emergency), about("be", "s1", alert.Problem, alert.Alert)
	if !r.Covers(proxy, server, alerttest.Start) || r.Covers(server, proxy, alerttest.Start) {
		t.Error("who hears of be/s1 hears of web1, but not the other way round")
	}
	if !r.Operate(alert.Fact{Time: hour, Expire: true, Silence: alert.Silence{ID: "q1"}}) || len(r.Silences) != 0 {
		t.Error("the silence was not lifted")
	}
}
