package parse

import "fmt"

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
