package web

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// told returns what a channel sends for the parts.
func told[T any](t *testing.T, make func(Web) alert.Notifier) []T {
	t.Helper()
	var all []T
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, notifytest.Answering(http.StatusAccepted, ""))
		n := notifytest.Problem()
		n.Kind, n.Parts = alert.Digest, notifytest.Parts(time.Now().Add(-time.Hour))
		if _, err := make(webTo(p)).Notify(t.Context(), notifytest.Dispatch(n)); err != nil {
			t.Fatal(err)
		}
		for _, body := range p.Bodies {
			var one T
			var many []T
			if json.Unmarshal([]byte(body), &many) == nil {
				all = append(all, many...)
			} else if err := json.Unmarshal([]byte(body), &one); err != nil {
				t.Fatal(err)
			} else {
				all = append(all, one)
			}
		}
	})
	return all
}

func TestAlertmanagerMapping(t *testing.T) {
	alerts := told[postable](t, func(w Web) alert.Notifier {
		return &Alertmanager{URLs: []string{notifytest.HookURL}, Web: w, Labels: map[string]string{"team": "web"}}
	})
	want := []struct {
		labels string
		open   bool
	}{
		{"HAProxyServerDown be s1 warning ", true},
		{"HAProxyBackendDown be  critical ", true},
		{"HAProxyServerDown be s2 warning ", false},
		{"HAProxyPlannedWork be s2 info ", true},
		{"HAProxyLogSilent 10.0.0.1  warning source", true},
		{"HAProxyServerDown be s3 warning lb1", true},
		{"HAProxyServerDown be s4 warning ", true},
		{"HAProxyServerDown be s5 warning ", false},
		{"HAProxyLimitReached fe  critical lb1 process-fd", true},
		{"HAProxyLimitReached fe  critical  maxconn", false},
		{"HAProxyEventsLost lb1  warning ring", true},
		{"HAProxyHardStop lb1  info hard-stop", false},
	}
	if len(alerts) != len(want) {
		t.Fatalf("%d alerts, want %d", len(alerts), len(want))
	}
	now := alerts[0].EndsAt.Add(-DefaultEndsAfter)
	for k, a := range alerts {
		l := a.Labels
		got := strings.Join([]string{l["alertname"], l["proxy"], l["server"], l["severity"], l["group"]}, " ")
		if l["limit"] != "" {
			got += " " + l["limit"]
		}
		if got != want[k].labels || l["team"] != "web" || a.EndsAt.After(now) != want[k].open {
			t.Errorf("alert %d: %q until %v, want %q, open %v", k, got, a.EndsAt, want[k].labels, want[k].open)
		}
		if a.StartsAt.After(a.EndsAt) || a.Annotations["incident"] == "" || a.Annotations["summary"] == "" {
			t.Errorf("alert %d: %+v", k, a)
		}
	}
}

// All turns of an outage are one alert, so its end resolves its beginning.
func TestAlertmanagerKeepsIdentity(t *testing.T) {
	a := &Alertmanager{}
	p := notifytest.Parts(time.Now())[0]
	first := a.postable(p, "x", time.Now()).Labels
	p.Kind, p.Reason, p.Incident, p.Closed = alert.Recovery, "another", "99", time.Now()
	last := a.postable(p, "y", time.Now()).Labels
	if len(first) != len(last) {
		t.Fatalf("%v, then %v", first, last)
	}
	for name, value := range first {
		if last[name] != value {
			t.Errorf("label %s: %q, then %q", name, value, last[name])
		}
	}
}

// One instance of a cluster that takes the alerts is enough.
func TestAlertmanagerCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Host == "am1" {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		a := &Alertmanager{URLs: []string{"http://am1", "http://am2"}, Web: webTo(p)}
		if _, err := a.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil || len(p.Bodies) != 2 {
			t.Errorf("%v after %d requests", err, len(p.Bodies))
		}
		a.URLs = a.URLs[:1]
		if _, err := a.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err == nil || alert.IsPermanent(err) {
			t.Errorf("%v, want an error to try again", err)
		}
	})
}

// An instance that was away when something ended hears of it when it is back, and not of
// the end of what is open again by then.
func TestAlertmanagerOwesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := true
		var back []string // the bodies that am1 took
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, r *http.Request) {
			switch body, _ := io.ReadAll(r.Body); { // of both instances' requests, which come at once, its own
			case r.Host == "am1" && away:
				w.WriteHeader(http.StatusBadGateway)
			case r.Host == "am1":
				back = append(back, string(body))
			}
		})
		a := &Alertmanager{URLs: []string{"http://am1", "http://am2"}, Web: webTo(p)}
		over := func(server string) alert.Dispatch {
			n := notifytest.Problem()
			n.Server, n.Parts[0].Server, n.Parts[0].Closed = server, server, n.Opened.Add(time.Minute)
			return notifytest.Dispatch(n)
		}
		for _, server := range []string{"s1", "s2"} {
			if _, err := a.Notify(t.Context(), over(server)); err != nil {
				t.Fatal(err)
			}
		}
		away = false
		open := notifytest.Problem().Parts[0]
		open.Server, open.Opened = "s2", time.Now()
		if err := a.ResendOpen(t.Context(), []alert.Part{open}); err != nil {
			t.Fatal(err)
		}
		var got []postable
		if len(back) != 1 || json.Unmarshal([]byte(back[0]), &got) != nil || len(got) != 2 ||
			got[0].Labels["server"] != "s1" || got[0].EndsAt.After(time.Now()) ||
			got[1].Labels["server"] != "s2" || !got[1].EndsAt.After(time.Now()) {
			t.Errorf("am1 got %q, want the end of s1 and the outage of s2", back)
		}
		back = nil
		if err := a.ResendOpen(t.Context(), nil); err != nil || len(back) > 0 {
			t.Errorf("%v, am1 got %q, want nothing once it is told", err, back)
		}
	})
}

// Every kind of notice is mapped: a new one fails here until somebody decides what the
// peers are to make of it.
func TestEveryKindIsMapped(t *testing.T) {
	mapped := map[alert.NoticeKind]bool{ // whether an open part of that kind is an alert that fires
		alert.Problem: true, alert.Escalation: true, alert.Recovery: true, alert.Planned: true, alert.Flapping: true,
		alert.Calm: true, alert.Reminder: true, alert.Digest: true, alert.Unknown: true, alert.Blind: true, alert.Test: true,
	}
	for kind := alert.Problem; !strings.HasPrefix(kind.String(), "NoticeKind("); kind++ {
		fires, known := mapped[kind]
		if !known {
			t.Errorf("%s is not mapped", kind)
		}
		p := notifytest.Parts(time.Now())[0]
		p.Kind = kind
		if e := (&PagerDuty{}).event(notifytest.Dispatch(notifytest.Problem()), p); (e.Action == "trigger") != fires {
			t.Errorf("pagerduty: %s is %q", kind, e.Action)
		}
		if a := (&Alertmanager{}).postable(p, "x", time.Now()); a.EndsAt.After(time.Now()) != fires {
			t.Errorf("alertmanager: %s ends at %v", kind, a.EndsAt)
		}
	}
}

func TestPagerDutyMapping(t *testing.T) {
	events := told[pagerEvent](t, func(w Web) alert.Notifier { return &PagerDuty{URL: notifytest.HookURL, RoutingKey: "k", Web: w} })
	want := []string{
		"trigger haproxy-alert/be/s1 error", "trigger haproxy-alert/be critical", "resolve haproxy-alert/be/s2",
		"trigger haproxy-alert/be/s2/planned info", "trigger haproxy-alert/source 10.0.0.1 error",
		"trigger haproxy-alert/lb1 be/s3 error", "trigger haproxy-alert/be/s4 error", "resolve haproxy-alert/be/s5",
		"trigger haproxy-alert/limit process-fd lb1 fe critical", "resolve haproxy-alert/limit maxconn fe",
		"trigger haproxy-alert/ring lb1 error", "resolve haproxy-alert/hard-stop lb1/planned",
	}
	for k, e := range events {
		got := e.Action + " " + e.DedupKey
		if e.Payload != nil {
			got += " " + e.Payload.Severity
		}
		if k >= len(want) || got != want[k] || e.RoutingKey != "k" {
			t.Errorf("event %d: %q", k, got)
		}
	}
	if len(events) != len(want) {
		t.Errorf("%d events, want %d", len(events), len(want))
	}
}

// A digest that was cut short goes on where it stopped.
func TestPagerDutyGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := 3
		p := notifytest.StartWebPeer(t, func(w http.ResponseWriter, _ *http.Request) {
			if left--; left < 0 {
				w.WriteHeader(http.StatusTooManyRequests)
			}
		})
		n := notifytest.Problem()
		n.Parts = notifytest.Parts(time.Now())
		c := &PagerDuty{URL: notifytest.HookURL, RoutingKey: "k", Web: webTo(p)}
		d := notifytest.Dispatch(n)
		receipt, err := c.Notify(t.Context(), d)
		if err == nil || alert.IsPermanent(err) || len(receipt.Done) != 3 {
			t.Fatalf("%v, done %q", err, receipt.Done)
		}
		left, d.Done = 100, receipt.Done
		if receipt, err = c.Notify(t.Context(), d); err != nil || len(receipt.Done) != len(n.Parts)-3 {
			t.Errorf("%v, done %q", err, receipt.Done)
		}
	})
}

func TestPeerKeyIsBounded(t *testing.T) {
	long := alert.Part{Key: strings.Repeat("ä", 400)}
	other := alert.Part{Key: strings.Repeat("ä", 199) + "b"}
	if k := peerKey(long); len(k) > maxPeerKey || k == peerKey(other) {
		t.Errorf("%q", k)
	}
}
