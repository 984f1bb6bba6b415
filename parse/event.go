package parse

import (
	"fmt"
	"strconv"
)

// Event is what one health line says, and nothing it does not say. Its JSON
// names are those of `explain --json`; what the line leaves out is absent.
type Event struct {
	Kind Kind `json:"kind"`
	// Proxy and Server are HAProxy's names: [A-Za-z0-9_.:-]+, proxies also
	// <INTERNAL>. Server is empty for lines about a whole proxy.
	Proxy  string `json:"proxy,omitempty"`
	Server string `json:"server,omitempty"`
	// Backup says the line called it a backup server.
	Backup bool `json:"backup,omitempty"`
	// Via is the tracked server, "proxy/server", that this one follows.
	Via string `json:"via,omitempty"`
	// Cause is who or what changed the state, in HAProxy's words: "CLI",
	// "Web interface", "Lua script", "'disable' on stats page", "DNS NX status",
	// "leaving forced maintenance"; for a new address who said it, "r1/ns1" or
	// "DNS cache"; for a limit which one, "process FD limit"; for the end of a
	// process by force what led to it, "soft-stop running for too long".
	Cause string `json:"cause,omitempty"`
	// Reason, Code and Info are the check's result (check_statuses in
	// src/check.c). Info is decoded from HAProxy's <22> form to valid UTF-8, with
	// control characters as their pictures: a tab is U+2409, ESC is U+241B.
	Reason          string `json:"reason,omitempty"`
	Code            Number `json:"code,omitzero"`
	Info            string `json:"info,omitempty"`
	CheckDurationMS Number `json:"check_duration_ms,omitzero"`
	// CheckStep is the step of a tcp-check that Info names, from 1.
	CheckStep Number `json:"check_step,omitzero"`
	// StatusNum/StatusDen StatusState is "status: 2/3 UP" of a check line. Lines
	// that end maintenance or drain say a state too: "UP/READY", "DOWN/DRAIN", "UP".
	StatusNum   Number `json:"status_num,omitzero"`
	StatusDen   Number `json:"status_den,omitzero"`
	StatusState string `json:"status_state,omitempty"`
	// Agent marks agent checks, Conditional "conditionally succeeded".
	Agent       bool `json:"agent,omitempty"`
	Conditional bool `json:"conditional,omitempty"`
	// Active and BackupLeft count the proxy's usable servers after the change.
	Active          Number `json:"active,omitzero"`
	BackupLeft      Number `json:"backup_left,omitzero"`
	RunningOnBackup bool   `json:"running_on_backup,omitempty"`
	Sessions        Number `json:"sessions,omitzero"`
	Requeued        Number `json:"requeued,omitzero"`
	Queued          Number `json:"queued,omitzero"`
	// Count is at how many sockets a limit was reached, how many events a ring
	// dropped, or how many connections a hard stop closes.
	Count Number `json:"count,omitzero"`
	// Truncated says HAProxy's length limit cut the line; what stands here was
	// said before the cut.
	Truncated bool `json:"truncated,omitempty"`
}

// Key returns "proxy/server", or the proxy alone for lines about a proxy.
func (e Event) Key() string {
	if e.Server == "" {
		return e.Proxy
	}
	return e.Proxy + "/" + e.Server
}

// Number is a count or code a line may or may not say; the zero Number was not
// said. It stands in JSON as a plain number, or not at all (omitzero).
type Number struct {
	Value int
	Said  bool
}

// IsZero reports whether the line did not say the number; encoding/json asks.
func (n Number) IsZero() bool { return !n.Said }

// MarshalJSON writes the number.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Said {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(n.Value), 10), nil
}

// UnmarshalJSON reads a number; null means not said.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number{}
		return nil
	}
	v, err := strconv.Atoi(string(text))
	*n = Number{Value: v, Said: err == nil}
	return err
}

// Kind says what a health line reports. The zero Kind is None.
type Kind uint8

// The kinds, in the order of the rows of docs/messages.md. Their strings are a
// contract: they stand in the JSON of explain and in the journal.
const (
	None           Kind = iota // no health line
	ServerDown                 // S1
	ServerUp                   // S2, S5, S7
	ServerStopping             // S3, S4
	ServerDrain                // S16
	ServerDrainEnd             // S17, S18
	ServerMaint                // S6, S8, S9
	ServerMaintEnd             // S10-S12, S21
	ServerAdmin                // S13-S15, S19, S20: changes no state
	ServerAddr                 // S22-S24
	CheckFailed                // C1 failed
	CheckPassed                // C1 succeeded, conditionally succeeded
	NoServer                   // P1
	ProxyStarted               // P2
	ProxyStopping              // P3
	ProxyStopped               // P4, P5
	ProxyPaused                // P6, P7
	ProxyResumed               // P6, P7
	ProxyHardStop              // P12
	ProxyLimit                 // P15-P18, P21
	EventsDropped              // P26
	StateDump                  // P14: an observation, not an event
)

var kindNames = [...]string{
	None: "none", ServerDown: "server_down", ServerUp: "server_up", ServerStopping: "server_stopping",
	ServerDrain: "server_drain", ServerDrainEnd: "server_drain_end", ServerMaint: "server_maint",
	ServerMaintEnd: "server_maint_end", ServerAdmin: "server_admin", ServerAddr: "server_addr",
	CheckFailed: "check_failed", CheckPassed: "check_passed", NoServer: "no_server",
	ProxyStarted: "proxy_started", ProxyStopping: "proxy_stopping", ProxyStopped: "proxy_stopped",
	ProxyPaused: "proxy_paused", ProxyResumed: "proxy_resumed", ProxyHardStop: "proxy_hard_stop",
	ProxyLimit: "proxy_limit", EventsDropped: "events_dropped", StateDump: "state_dump",
}

// String returns the kind's name as it stands in JSON, such as "server_down".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name; any other text is an error.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("read event kind: unknown kind %q", text)
}
