package was

import (
	"fmt"
	"strings"
	"time"
)

// Notice is one message to people, derived from facts and the clock alone: the
// same facts give the same notice, with the same ID, after any restart.
type Notice struct {
	// ID is 16 hex digits, a hash of the incident and the transition told.
	ID       string     `json:"id"`
	Kind     NoticeKind `json:"kind"`
	Severity Severity   `json:"severity"`
	// Incident is the incident's id, First the id of the notice that opened its
	// conversation (ID itself for the first): mail threads hang on these.
	Incident string `json:"incident"`
	First    string `json:"first"`
	// Proxy and Server name what the incident is about; Server is empty when it
	// is about a proxy that has no server left.
	Proxy  string `json:"proxy"`
	Server string `json:"server,omitempty"`
	// Time is when the notice became due; Opened and Closed bound the incident
	// by the lines' own times. Closed is zero while it is open.
	Time   time.Time `json:"time"`
	Opened time.Time `json:"opened"`
	Closed time.Time `json:"closed,omitzero"`
	// Subject is one line without control characters, Body plain text with \n.
	Subject string `json:"subject"`
	Body    string `json:"body"`
	// HTML says the same as Body, for channels that can show it; empty: nothing does.
	HTML string `json:"html,omitempty"`
	// Observers are the load balancers that say so.
	Observers []string `json:"observers,omitempty"`
	// Parts are the incidents that it tells of, Unparted how many more there were.
	Parts    []Part `json:"parts,omitempty"`
	Unparted int    `json:"unparted,omitempty"`
}

// Key returns "proxy/server", or the proxy alone.
func (n Notice) Key() string {
	if n.Server == "" {
		return n.Proxy
	}
	return n.Proxy + "/" + n.Server
}

// NoticeKind is what a notice tells.
type NoticeKind uint8

// The kinds of notices.
const (
	Problem NoticeKind = iota + 1
	Escalation
	Recovery
	Planned
	Flapping
	Calm
	Reminder
	Digest
	Unknown
	Blind
	Test
)

var noticeNames = [...]string{
	Problem: "problem", Escalation: "escalation", Recovery: "recovery", Planned: "planned",
	Flapping: "flapping", Calm: "calm", Reminder: "reminder", Digest: "digest",
	Unknown: "unknown", Blind: "blind", Test: "test",
}

// String returns the kind's name, such as "problem".
func (k NoticeKind) String() string {
	if k > 0 && int(k) < len(noticeNames) {
		return noticeNames[k]
	}
	return fmt.Sprintf("NoticeKind(%d)", uint8(k))
}

// MarshalText writes the kind's name.
func (k NoticeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name; any other text is an error.
func (k *NoticeKind) UnmarshalText(text []byte) error {
	for i, name := range noticeNames {
		if i > 0 && name == string(text) {
			*k = NoticeKind(i)
			return nil
		}
	}
	return fmt.Errorf("want a kind of notice, one of %s, not %q", strings.Join(noticeNames[1:], ", "), text)
}

// Severity is a syslog severity (RFC 5424 table 2); lower is worse.
type Severity uint8

// The severities notices have.
const (
	Emergency Severity = 0 // a proxy has no server left
	Alert     Severity = 1 // a server is down
	Normal    Severity = 5 // syslog's "notice": recoveries and planned work
)

var severityWords = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// String returns HAProxy's word for it: "emerg", "alert", "notice".
func (s Severity) String() string {
	if int(s) < len(severityWords) {
		return severityWords[s]
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// MarshalText writes HAProxy's word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads HAProxy's word; any other text is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	for i := range Severity(8) {
		if i.String() == string(text) {
			*s = i
			return nil
		}
	}
	return fmt.Errorf("want a severity, one of %s, not %q", strings.Join(severityWords[:], ", "), text)
}

// TestNotice is what an operator has sent to see whether a channel works; machine is
// where from.
func TestNotice(machine string, at time.Time) Notice {
	id := shortID("test", machine, at.UTC().Format(time.RFC3339Nano))
	return Notice{
		ID: id, Kind: Test, Severity: Normal, Incident: id, First: id, Time: at, Opened: at,
		Subject: "[TEST] haproxy-alert on " + machine + " reaches you",
		Body: "This is a test, nothing is down.\n\nhaproxy-alert on " + machine +
			" was asked to try this channel. What is told here later looks like this.\n",
	}
}
