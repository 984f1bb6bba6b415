package alert

import (
	"strings"
	"time"
)

// Incident is the record of one outage, or of one stretch of planned work, of a
// server or of a proxy without any server left.
type Incident struct {
	ID string `json:"id"`
	// Key is what group_by made of it: "proxy/server" or "proxy", with a load
	// balancer's name and a blank before it when grouped by host.
	Key    string `json:"key"`
	Proxy  string `json:"proxy"`
	Server string `json:"server,omitempty"`
	// Opened and Closed are the lines' own times; Closed is zero while open.
	Opened   time.Time `json:"opened"`
	Closed   time.Time `json:"closed,omitzero"`
	Severity Severity  `json:"severity"`
	Planned  bool      `json:"planned"`
	// Flaps counts how often it got better and worse again while open.
	Flaps int `json:"flaps"`
	// Observers are the load balancers that said so, sorted.
	Observers []string `json:"observers"`
	Reason    string   `json:"reason,omitempty"`
}

// Duration is how long it lasted, or has lasted at now; zero rather than
// negative when lines carry clocks that disagree.
func (i Incident) Duration(now time.Time) time.Duration {
	if !i.Closed.IsZero() {
		now = i.Closed
	}
	return max(0, now.Sub(i.Opened))
}

// Line is one log line of an incident.
type Line struct {
	Time time.Time
	From string // the observer
	Tag  string
	PID  int
	Text string
}

// Name is "proxy/server", or the proxy alone.
func (i Incident) Name() string {
	if i.Server == "" {
		return i.Proxy
	}
	return i.Proxy + "/" + i.Server
}

// NameOf returns "proxy/server", or the proxy alone, of the key of an incident.
func NameOf(key string) string {
	return key[strings.LastIndexByte(key, ' ')+1:] // HAProxy's names have no blanks
}

// ServerNote is one server or proxy in the list of a notice.
type ServerNote struct {
	Key    string
	State  string // "down", "in maintenance"
	Reason string
}
