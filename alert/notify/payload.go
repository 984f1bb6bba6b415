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
	ID string `json:"id"`
	// Kind and Severity are words, so that a template can compare them.
	Kind      string        `json:"kind"`
	Severity  string        `json:"severity"`
	Incident  string        `json:"incident"`
	First     string        `json:"first"`
	Proxy     string        `json:"proxy"`
	Server    string        `json:"server"`
	Time      time.Time     `json:"time"`
	Opened    time.Time     `json:"opened"`
	Closed    time.Time     `json:"closed,omitzero"`
	Subject   string        `json:"subject"`
	Body      string        `json:"body"`
	HTML      string        `json:"html,omitempty"`
	Observers []string      `json:"observers"`
	Parts     []PayloadPart `json:"parts"`
	Unparted  int           `json:"unparted,omitempty"`
	// LateS is how late the notice goes out, in seconds.
	LateS   float64 `json:"late_s"`
	Channel string  `json:"channel"`
	Attempt int     `json:"attempt"`
	// TemplateError says why a template of one's own was not used.
	TemplateError string `json:"template_error,omitempty"`
}

// Bounds of the log lines of one Payload. A receiver refuses for good what is too long
// for it, so a wide digest has the lines of its first parts alone.
const (
	maxLogLine  = 1024     // runes of one line: HAProxy's own limit, as it stands by default
	maxLogLines = 64 << 10 // octets of all lines
)

// PayloadPart is what a Payload says of one incident.
type PayloadPart struct {
	Incident string    `json:"incident"`
	Key      string    `json:"key"`
	Proxy    string    `json:"proxy"`
	Server   string    `json:"server"`
	Kind     string    `json:"kind"`
	Severity string    `json:"severity"`
	Planned  bool      `json:"planned"`
	Opened   time.Time `json:"opened"`
	Closed   time.Time `json:"closed,omitzero"`
	// Ended is how things are since Closed: "up", "in maintenance".
	Ended  string `json:"ended,omitempty"`
	Reason string `json:"reason"`
	// Lines are the log lines that say so, without headers; see maxLogLines.
	Lines []string `json:"lines"`
}

func PayloadOf(d alert.Dispatch) Payload {
	n := d.Notice
	p := Payload{
		ID: n.ID, Kind: n.Kind.String(), Severity: n.Severity.String(), Incident: n.Incident, First: n.First,
		Proxy: OneLine(n.Proxy, MaxLine), Server: OneLine(n.Server, MaxLine),
		Time: n.Time, Opened: n.Opened, Closed: n.Closed, Subject: Subject(n), Body: BodyText(d), HTML: BodyHTML(d),
		Observers: []string{}, Parts: []PayloadPart{}, Unparted: n.Unparted,
		LateS: d.Delay.Seconds(), Channel: d.Channel, Attempt: d.Attempt,
	}
	for _, o := range n.Observers {
		p.Observers = append(p.Observers, OneLine(o, MaxLine))
	}
	left := maxLogLines
	for k, part := range n.Parts {
		if k == maxPayloadParts {
			p.Unparted += len(n.Parts) - k
			break
		}
		told := payloadPart(part)
		told.Lines, left = logLines(part.Lines, left)
		p.Parts = append(p.Parts, told)
	}
	return p
}

// maxPayloadParts keeps a notice below the 1 MiB that many servers take: what they answer
// with 413 is refused for good.
const maxPayloadParts = 1000

// payloadPart returns a part whose texts are one printable line each.
func payloadPart(p alert.Part) PayloadPart {
	return PayloadPart{
		Incident: p.Incident, Key: OneLine(p.Key, MaxLine), Proxy: OneLine(p.Proxy, MaxLine), Server: OneLine(p.Server, MaxLine),
		Kind: p.Kind.String(), Severity: p.Severity.String(), Planned: p.Planned, Opened: p.Opened, Closed: p.Closed,
		Ended: OneLine(p.Ended, MaxLine), Reason: OneLine(p.Reason, MaxLine),
	}
}

// logLines returns the lines that so many octets are left for, and what is left then.
// The first one without room ends them.
func logLines(from []string, left int) ([]string, int) {
	lines := []string{}
	for _, l := range from {
		l = OneLine(l, maxLogLine)
		if left -= len(l); left < 0 {
			return lines, 0
		}
		lines = append(lines, l)
	}
	return lines, left
}

// toJSON writes a value on one line, with no escapes for HTML that nobody needs.
func ToJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
