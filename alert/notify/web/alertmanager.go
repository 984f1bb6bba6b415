package web

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// Waits of what Alertmanager is told.
const (
	// DefaultResend is how often it is told again what is open: it forgets at a restart.
	DefaultResend = time.Minute
	// DefaultEndsAfter is how long it takes an alert for open that nobody sends again.
	// Its own default of five minutes would call an outage over while we restart.
	DefaultEndsAfter = 4 * time.Hour
)

// maxBatch is how many alerts one request carries.
const maxBatch = 500

// Alertmanager posts alerts to the API v2 of Prometheus' Alertmanager, again and again as
// long as they are open.
type Alertmanager struct {
	notify.Settings
	// URLs are the base addresses of all instances of one cluster ("http://host:9093"):
	// each is told, as they do not tell each other of alerts; one that takes it is enough.
	URLs []string `toml:"urls"`
	Web
	// Username and Password are for basic auth, Token for a bearer token.
	Username string        `toml:"username"`
	Password notify.Secret `toml:"password"`
	Token    notify.Secret `toml:"token"`
	// Labels are added to every alert, Annotations too.
	Labels      map[string]string `toml:"labels"`
	Annotations map[string]string `toml:"annotations"`
	// Resend is DefaultResend when zero, EndsAfter DefaultEndsAfter.
	Resend    notify.Duration `toml:"resend"`
	EndsAfter notify.Duration `toml:"ends_after"`

	log  *slog.Logger
	owed map[string]ends // by instance; Notify and Keep are never called at once
}

// Notifier returns the channel itself, which logs from then on.
func (a *Alertmanager) Notifier(log *slog.Logger) alert.Notifier {
	a.log = log
	return a
}

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// ownLabels are those that say what an alert is about; others may not take their names.
var ownLabels = map[string]bool{"alertname": true, "proxy": true, "server": true, "severity": true, "group": true, "limit": true}

// Check returns the faults of the settings, each "key: cause".
func (a *Alertmanager) Check() []error {
	faults := a.checkWeb()
	if len(a.URLs) == 0 {
		faults = append(faults, errors.New("urls: want at least one address such as http://alertmanager:9093"))
	}
	for k, u := range a.URLs {
		faults = append(faults, checkURL(fmt.Sprintf("urls[%d]", k), u)...)
	}
	for _, names := range []struct {
		key string
		of  map[string]string
	}{{"labels", a.Labels}, {"annotations", a.Annotations}} {
		for _, name := range slices.Sorted(maps.Keys(names.of)) {
			value := names.of[name]
			if !labelName.MatchString(name) || names.key == "labels" && (ownLabels[name] || value == "") {
				faults = append(faults, fmt.Errorf("%s: %q: want a name of letters, digits and '_' that is not ours, and a value", names.key, name))
			}
		}
	}
	switch {
	case a.Token != "" && a.Username != "":
		faults = append(faults, errors.New("token: want a token or a username, not both"))
	case (a.Username == "") != (a.Password == ""):
		faults = append(faults, errors.New("username: want username and password, or none of them"))
	case a.endsAfter() < 2*a.ResendEvery():
		faults = append(faults, errors.New("ends_after: want at least twice resend"))
	}
	return append(faults, checkToken("token", a.Token)...)
}

// ResendEvery is how often ResendOpen is to be called.
func (a *Alertmanager) ResendEvery() time.Duration {
	return cmp.Or(time.Duration(a.Resend), DefaultResend)
}

func (a *Alertmanager) endsAfter() time.Duration {
	return cmp.Or(time.Duration(a.EndsAfter), DefaultEndsAfter)
}

// postable is an alert as the API v2 takes it.
type postable struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

// Notify sends the alerts of all that the notice tells of.
func (a *Alertmanager) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	now := time.Now()
	var alerts []postable
	for _, p := range d.Notice.Parts {
		alerts = append(alerts, a.postable(p, partSummary(d, p, notify.MaxLine), now))
	}
	if len(alerts) == 1 {
		alerts[0].Annotations["description"] = firstOctets(notify.BodyText(d), maxPagerBody)
		alerts[0].Annotations["observers"] = notify.OneLine(strings.Join(d.Notice.Observers, ", "), notify.MaxLine)
	}
	if len(alerts) == 0 {
		alerts = []postable{a.word(d, now)}
	}
	return alert.Receipt{}, a.send(ctx, alerts)
}

// ResendOpen sends the alerts of all that is open again, and ends that an instance was not there
// to hear of.
func (a *Alertmanager) ResendOpen(ctx context.Context, open []alert.Part) error {
	now := time.Now()
	var alerts []postable
	for _, p := range open {
		words := notify.OneLine(partName(p)+": "+p.Kind.String()+", "+p.Reason, notify.MaxLine)
		alerts = append(alerts, a.postable(p, words, now))
	}
	return a.send(ctx, alerts)
}

// postable makes the alert of a part. Its labels say only what it is about, so that all
// turns of an outage are one alert: no reason, count or time is among them.
func (a *Alertmanager) postable(p alert.Part, summary string, now time.Time) postable {
	labels := map[string]string{
		"alertname": alertName(p), "proxy": notify.OneLine(p.Proxy, notify.MaxLine), "server": notify.OneLine(p.Server, notify.MaxLine),
		"severity": promSeverity(p),
	}
	group, _, _ := strings.Cut(p.Key, " ") // group_by has host, or a silent source
	if name, of, ok := limitWords(p.Key); ok {
		labels["limit"], group = name, of
	}
	if group != p.Key {
		labels["group"] = notify.OneLine(group, notify.MaxLine)
	}
	ends := now.Add(a.endsAfter())
	if !p.Closed.IsZero() {
		ends = p.Closed
		if ends.After(now) {
			ends = now // a log's clock that is ahead of ours
		}
	}
	return a.dress(postable{
		Labels: labels, StartsAt: earliest(p.Opened, ends), EndsAt: ends,
		Annotations: map[string]string{
			"summary": summary, "reason": notify.OneLine(p.Reason, notify.MaxLine), "state": p.Kind.String(), "incident": p.Incident,
		},
	})
}

// word is an alert of a notice that is about no incident, such as a test; it ends by
// itself.
func (a *Alertmanager) word(d alert.Dispatch, now time.Time) postable {
	return a.dress(postable{
		Labels:   map[string]string{"alertname": "HAProxyAlert_" + d.Notice.Kind.String(), "severity": "info"},
		StartsAt: now, EndsAt: now.Add(5 * time.Minute),
		Annotations: map[string]string{"summary": notify.Subject(d.Notice), "description": firstOctets(notify.BodyText(d), maxPagerBody)},
	})
}

// dress adds what the configuration says, and leaves out labels without a value.
func (a *Alertmanager) dress(p postable) postable {
	maps.Copy(p.Labels, a.Labels)
	maps.Copy(p.Annotations, a.Annotations)
	for name, value := range p.Labels {
		if value == "" {
			delete(p.Labels, name)
		}
	}
	return p
}

func (a *Alertmanager) header() http.Header {
	h := bearer(a.Token)
	if a.Username != "" {
		login := base64.StdEncoding.EncodeToString([]byte(a.Username + ":" + string(a.Password)))
		h.Set("Authorization", "Basic "+login)
	}
	return h
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
