package was

import "time"

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

// Sources returns the load balancers that were ever heard, and the senders that are
// silent, in the order of their names.
func (s *State) Sources() []SourceStatus {
	all := map[string]SourceStatus{}
	for name, p := range s.Processes {
		all[name] = SourceStatus{
			Name: name, Heard: p.Heard, Process: p.Since, Lost: p.Lost, LostAt: p.LostAt,
			HardStops: p.HardStops, Closed: p.Closed, HardStopped: p.HardStopped,
		}
	}
	for _, name := range s.Blind() {
		st := all[name]
		st.Name, st.Silent = name, true
		all[name] = st
	}
	var list []SourceStatus
	for _, name := range sortedKeys(all) {
		list = append(list, all[name])
	}
	return list
}
