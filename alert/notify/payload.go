package notify

import (
	"bytes"
	"encoding/json"
	"time"

	"haproxy-alert/alert"
)

// Payload is a notice as webhooks and programs get it, in JSON or in a template. Fields
// are only ever added; docs/notice.md describes them.
type Payload struct {
	ID        string           `json:"id"`
	Kind      alert.NoticeKind `json:"kind"`
	Severity  alert.Severity   `json:"severity"`
	Incident  string           `json:"incident"`
	First     string           `json:"first"`
	Proxy     string           `json:"proxy"`
	Server    string           `json:"server"`
	Time      time.Time        `json:"time"`
	Opened    time.Time        `json:"opened"`
	Closed    time.Time        `json:"closed,omitzero"`
	Subject   string           `json:"subject"`
	Body      string           `json:"body"`
	HTML      string           `json:"html,omitempty"`
	Observers []string         `json:"observers"`
	Parts     []alert.Part     `json:"parts"`
	Unparted  int              `json:"unparted,omitempty"`
	// LateS is how late the notice goes out, in seconds.
	LateS   float64 `json:"late_s"`
	Channel string  `json:"channel"`
	Attempt int     `json:"attempt"`
	// TemplateError says why a template of one's own was not used.
	TemplateError string `json:"template_error,omitempty"`
}

func payloadOf(d alert.Dispatch) Payload {
	n := d.Notice
	p := Payload{
		ID: n.ID, Kind: n.Kind, Severity: n.Severity, Incident: n.Incident, First: n.First,
		Proxy: oneLine(n.Proxy, maxLine), Server: oneLine(n.Server, maxLine),
		Time: n.Time, Opened: n.Opened, Closed: n.Closed, Subject: subject(n), Body: bodyText(d), HTML: bodyHTML(d),
		Observers: []string{}, Parts: []alert.Part{}, Unparted: n.Unparted,
		LateS: d.Delay.Seconds(), Channel: d.Channel, Attempt: d.Attempt,
	}
	for _, o := range n.Observers {
		p.Observers = append(p.Observers, oneLine(o, maxLine))
	}
	for _, part := range n.Parts {
		p.Parts = append(p.Parts, cleanPart(part))
	}
	return p
}

// toJSON writes a value on one line, with no escapes for HTML that nobody needs.
func toJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
