package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/message"
)

// Clock returns the time of the latest fact.
func (s *State) Clock() time.Time { return s.Now }

// Open returns the open incidents, in the order of their opening.
func (s *State) Open() []alert.Incident { return s.Incidents.Open() }

// About returns the open incidents of the server and of the proxy that an observed
// line is about, oldest first; of a source, a listener or a log file that of its silence or
// of what it lost.
func (s *State) About(f alert.Fact) []alert.Incident { return s.Incidents.About(f) }

// Empty returns the keys of the proxies that have no server available, sorted. An
// open incident of a proxy may already be on the mend.
func (s *State) Empty() []string { return s.Incidents.Empty() }

// Standings returns what is said of the servers that are not simply up everywhere, in the
// order of proxy, server and observer.
func (s *State) Standings() []alert.Standing { return s.Health.Standings() }

// Blind returns the sources that are silent, sorted.
func (s *State) Blind() []string { return s.Incidents.Sources(incident.Silent) }

// Losing returns the listeners where the kernel drops lines, sorted.
func (s *State) Losing() []string { return s.Incidents.Sources(incident.Lossy) }

// Gappy returns the log files of which lines may be missing just now, sorted.
func (s *State) Gappy() []string { return s.Incidents.Sources(incident.Gappy) }

// Sources returns the load balancers that were ever heard, and the senders that are
// silent, in the order of their names.
func (s *State) Sources() []alert.SourceStatus {
	all := map[string]alert.SourceStatus{}
	for name, p := range s.Health.Processes {
		all[name] = alert.SourceStatus{
			Name: name, Heard: p.Heard, Process: p.Since, Lost: p.Lost, LostAt: p.LostAt,
			HardStops: p.HardStops, Closed: p.Closed, HardStopped: p.HardStopped,
		}
	}
	for _, name := range s.Blind() {
		st := all[name]
		st.Name, st.Silent = name, true
		all[name] = st
	}
	var list []alert.SourceStatus
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[name])
	}
	return list
}

// Channels returns how it goes with each channel of the policy, in its order.
func (s *State) Channels(now time.Time) []alert.ChannelStatus { return s.Outbox.Status(now) }

// Waiting returns how many notices wait for each channel, also for channels that
// left the policy.
func (s *State) Waiting() map[string]int { return s.Outbox.Waiting() }

// Waits returns how many notices wait for a channel, with those that a digest stands for.
func (s *State) Waits(channel string) int { return s.Outbox.Waits(channel) }

// TakeUnheard returns the alarms about channels that no other channel could be told
// since the last call.
func (s *State) TakeUnheard() []alert.Notice { return s.Outbox.TakeUnheard() }

// ListSilences returns the silences in force or to come at now: those of the policy
// first, then those of the running daemon.
func (s *State) ListSilences(now time.Time) []alert.Silence { return s.Routes.List(now) }

// Configured reports whether the silence of that id is one of the policy's, which no
// command ends.
func (s *State) Configured(id string) bool { return s.Routes.Configured(id) }

// HeldBack returns how many notices a silence has kept back so far.
func (s *State) HeldBack(id string) int { return s.Routes.Held[id] }

// Suppressed returns how many notices a rule has kept back so far.
func (s *State) Suppressed() int { return s.Groups.Suppressed }

// Settled returns when all is told that is due by end: in a storm that is later.
func (s *State) Settled(end time.Time) time.Time { return s.Groups.Settled(end) }

// Told returns the incidents that are open and that the channel was told of, in the
// order of their opening: what a peer that forgets is to be reminded of.
func (s *State) Told(channel string) []alert.Part {
	var parts []alert.Part
	for id, c := range s.Groups.Conversations {
		r := s.Incidents.Get(id)
		if r != nil && r.Open() && c.Told && r.Parent == "" && slices.Contains(c.To, channel) {
			parts = append(parts, message.Standing(r))
		}
	}
	parts = append(parts, s.Outbox.Troubles(channel)...)
	slices.SortFunc(parts, func(a, b alert.Part) int {
		return cmp.Or(a.Opened.Compare(b.Opened), strings.Compare(a.Key, b.Key), strings.Compare(a.Incident, b.Incident))
	})
	return parts
}

// Coming returns what is still to be decided about the incidents whose key, or one
// they tell along, is wanted; as it looks now, in the order in which it may be told.
// Time is when it is due, Rule what it waits for. A further fact may change or end each.
func (s *State) Coming(wanted func(key string) bool) []alert.Decision {
	var all []alert.Decision
	coming := s.Groups.Coming(s.Now, func(r *incident.Record) bool {
		return wanted(r.Key) || slices.ContainsFunc(s.membersOf(r), wanted)
	})
	for _, m := range coming {
		n := s.notice(m.Message)
		r := m.Sequences[0].Last().Record
		all = append(all, alert.Decision{
			Time: alert.Later(m.Due, s.Groups.Storm.Until), Key: r.Key, Along: s.membersOf(r), Kind: n.Kind, Notice: n, Rule: m.Rule,
		})
	}
	return all
}

// membersOf returns the keys of the incidents that are parts of one, sorted.
func (s *State) membersOf(r *incident.Record) []string {
	var keys []string
	for _, m := range s.Incidents.Members(r) {
		keys = append(keys, m.Key)
	}
	slices.Sort(keys)
	return keys
}
