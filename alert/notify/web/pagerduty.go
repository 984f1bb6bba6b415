package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// Bounds of one event of PagerDuty's Events API v2.
const (
	maxPagerSummary = 1024     // runes
	maxPagerBody    = 64 << 10 // octets; an event may have 512 KiB
)

// PagerDuty triggers and resolves incidents through the Events API v2. What belongs
// together has one dedup_key: the outages of a server follow each other under one, its
// planned work has another.
type PagerDuty struct {
	notify.Settings
	// URL is https://events.pagerduty.com/v2/enqueue when empty; the EU has its own.
	URL string `toml:"url"`
	Web
	RoutingKey notify.Secret `toml:"routing_key"`
}

// Notifier returns the channel itself.
func (p *PagerDuty) Notifier(*slog.Logger) alert.Notifier { return p }

func (p *PagerDuty) url() string { return cmp.Or(p.URL, "https://events.pagerduty.com/v2/enqueue") }

// Check returns the faults of the settings, each "key: cause".
func (p *PagerDuty) Check() []error {
	faults := append(checkURL("url", p.url()), p.checkWeb()...)
	if p.RoutingKey == "" {
		faults = append(faults, fmt.Errorf("routing_key: want the integration key of a service"))
	}
	return faults
}

type pagerEvent struct {
	RoutingKey string        `json:"routing_key"`
	Action     string        `json:"event_action"`
	DedupKey   string        `json:"dedup_key"`
	Client     string        `json:"client"`
	Payload    *pagerPayload `json:"payload,omitempty"`
}

type pagerPayload struct {
	Summary   string         `json:"summary"`
	Source    string         `json:"source"`
	Severity  string         `json:"severity"`
	Timestamp time.Time      `json:"timestamp"`
	Component string         `json:"component,omitempty"`
	Group     string         `json:"group,omitempty"`
	Class     string         `json:"class"`
	Details   map[string]any `json:"custom_details"`
}

// Notify sends one event for each incident that the notice tells of. Receipt.Done has the
// dedup_keys that were taken, so a retry leaves them out.
func (p *PagerDuty) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	var receipt alert.Receipt
	for _, e := range p.events(d) {
		if slices.Contains(d.Done, e.DedupKey) {
			continue
		}
		r := request{target: p.url(), attempt: d.Attempt, secrets: []notify.Secret{p.RoutingKey}}
		if _, err := p.post(ctx, r, e); err != nil {
			return receipt, fmt.Errorf("pagerduty %s: %s %s: %w", p.Name, e.Action, e.DedupKey, err)
		}
		receipt.Done = append(receipt.Done, e.DedupKey)
	}
	return receipt, nil
}

func (p *PagerDuty) events(d alert.Dispatch) []pagerEvent {
	if len(d.Notice.Parts) == 0 { // a test, or about a channel: nobody will resolve it
		e := p.event(d, alert.Part{Incident: d.Notice.ID, Key: d.Notice.Key(), Severity: d.Notice.Severity, Opened: d.Notice.Time})
		e.DedupKey = "haproxy-alert/" + notify.OneLine(d.Notice.ID, notify.MaxLine)
		return []pagerEvent{e}
	}
	var events []pagerEvent
	for _, part := range d.Notice.Parts {
		events = append(events, p.event(d, part))
	}
	return events
}

func (p *PagerDuty) event(d alert.Dispatch, part alert.Part) pagerEvent {
	e := pagerEvent{RoutingKey: string(p.RoutingKey), Action: "trigger", DedupKey: peerKey(part), Client: "haproxy-alert"}
	if !part.Closed.IsZero() {
		e.Action = "resolve"
		return e
	}
	e.Payload = &pagerPayload{
		Summary: partSummary(d, part, maxPagerSummary), Source: cmp.Or(notify.OneLine(strings.Join(d.Notice.Observers, ", "), notify.MaxLine), "haproxy-alert"),
		Severity: pagerSeverity(part), Timestamp: part.Opened, Component: notify.OneLine(part.Server, notify.MaxLine),
		Group: notify.OneLine(part.Proxy, notify.MaxLine), Class: part.Kind.String(),
		Details: map[string]any{"reason": notify.OneLine(part.Reason, notify.MaxLine), "notice": d.Notice.ID, "incident": part.Incident},
	}
	if len(d.Notice.Parts) <= 1 {
		e.Payload.Details["body"] = firstOctets(notify.BodyText(d), maxPagerBody)
	}
	return e
}

func pagerSeverity(p alert.Part) string {
	switch {
	case p.Severity == alert.Emergency:
		return "critical"
	case p.Severity <= alert.Alert:
		return "error"
	}
	return "info"
}
