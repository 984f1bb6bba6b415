package alert

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
}

// Sources returns the load balancers that were ever heard, and the senders that are
// silent, in the order of their names.
func (s *State) Sources() []SourceStatus {
	all := map[string]SourceStatus{}
	for name, p := range s.Processes {
		all[name] = SourceStatus{Name: name, Heard: p.Heard, Process: p.Since}
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
