package alert

import "time"

// Standing is what one load balancer last said of a server.
type Standing struct {
	Proxy, Server string
	Observer      string // see Source.Observer
	State         string // "up", "down", "taken down", "stopping", "draining", "in maintenance"
}

// SourceStatus is what is known of one load balancer.
type SourceStatus struct {
	Name string `json:"name"`
	// Heard is when its latest health line came; zero when none did.
	Heard time.Time `json:"heard,omitzero"`
	// Process is since when its newest process is known.
	Process time.Time `json:"process_since,omitzero"`
	// Silent says that nothing at all comes from it, see Loop.Quiet.
	Silent bool `json:"silent"`
	// Lost is how many events HAProxy said it lost before they reached us, and LostAt
	// when it said so last.
	Lost   int       `json:"events_lost,omitempty"`
	LostAt time.Time `json:"events_lost_at,omitzero"`
	// HardStops is how many processes it ended by force, Closed how many connections it
	// closed with them, and HardStopped when it did so last.
	HardStops   int       `json:"hard_stops,omitempty"`
	Closed      int       `json:"hard_stop_connections,omitempty"`
	HardStopped time.Time `json:"last_hard_stop,omitzero"`
}

// ChannelStatus is how it goes with one channel.
type ChannelStatus struct {
	Name string `json:"name"`
	// Waiting counts notices, Attempts how often the first of them was tried, and Next
	// is when it is tried again.
	Waiting  int       `json:"waiting"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"`
	Oldest   time.Time `json:"oldest,omitzero"`
	// Failing is since when every attempt failed, Error what was said last.
	Failing time.Time `json:"failing_since,omitzero"`
	Error   string    `json:"last_error,omitempty"`
	Erred   time.Time `json:"last_error_at,omitzero"`
	Last    time.Time `json:"last_delivered,omitzero"`

	Delivered int    `json:"delivered"`
	Partly    int    `json:"partly_refused"`
	Refused   int    `json:"refused"`
	GaveUp    int    `json:"gave_up"`
	Folded    int    `json:"folded"`
	Rate      string `json:"rate,omitempty"`
	// Used is how much of Rate is used up.
	Used int `json:"rate_used,omitempty"`
}

// Overflow counts what the bounds cut off, by bound. The bounds are few, so is what this
// keeps.
type Overflow map[string]int

// Add counts one thing that a bound cut off.
func (o Overflow) Add(bound string) { o[bound]++ }
