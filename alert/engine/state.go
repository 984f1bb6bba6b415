package engine

import (
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/dedup"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/message"
	"haproxy-alert/alert/outbox"
	"haproxy-alert/alert/route"
	"haproxy-alert/alert/template"
)

// State is everything the facts so far amount to. It is changed by Apply alone
// and owned by one goroutine.
type State struct {
	snapshot

	policy   alert.Policy
	renderer *template.Renderer
	composer message.Composer
	trace    func(alert.Decision)
}

// snapshot is the part of State that a checkpoint keeps: the machines side by side.
type snapshot struct {
	Version int
	Now     time.Time // of the latest fact
	Seq     uint64    // of the latest fact
	Copies  int       // lines that had arrived before
	// Overflow counts what the bounds cut off, by bound.
	Overflow  alert.Overflow   `json:",omitempty"`
	Dedup     dedup.Filter     `json:",omitzero"`
	Health    health.Table     `json:",omitzero"`
	Incidents incident.Tracker `json:",omitzero"`
	Routes    route.Router     `json:",omitzero"`
	Groups    group.Group      `json:",omitzero"`
	Outbox    outbox.Outbox    `json:",omitzero"`
	Offsets   Offsets          `json:",omitempty"`
}

// New returns the state before any fact; nil words are the default ones, in UTC.
func New(p alert.Policy, words *template.Renderer) *State {
	if words == nil {
		words = template.Default(time.UTC)
	}
	s := &State{policy: p, renderer: words}
	s.Version = version
	s.configure()
	return s
}

// configure gives each machine what it goes by: the policy, what a bound is counted in,
// and the machines below it.
func (s *State) configure() {
	if s.Overflow == nil {
		s.Overflow = alert.Overflow{}
	}
	if s.Offsets == nil {
		s.Offsets = Offsets{}
	}
	s.Dedup.Configure()
	s.Health.Configure(s.policy, s.Overflow)
	s.Incidents.Configure(s.policy, &s.Health, s.Overflow)
	s.Routes.Configure(s.policy, s.Overflow)
	s.Groups.Configure(s.policy, &s.Health, &s.Incidents, &s.Routes)
	s.Incidents.Audience = &s.Groups
	s.composer = message.Composer{Policy: s.policy, Incidents: &s.Incidents, Health: &s.Health}
	s.Outbox.Configure(s.policy, s.renderer)
	s.Outbox.Now = s.Now
}

// Apply takes one fact into the state and returns the incidents it closed. Facts
// come in the order of their Seq and Time.
func (s *State) Apply(f alert.Fact) []alert.Incident {
	f.Time = alert.Later(f.Time, s.Now.Add(time.Nanosecond)) // no two facts at once: ids hang on it
	closed := s.elapse(f.Time)
	s.Now, s.Outbox.Now, s.Seq = f.Time, f.Time, max(s.Seq, f.Seq)
	s.Offsets.take(f, s.Seq)
	switch f.Kind {
	case alert.Observed:
		if f.At.IsZero() {
			f.At = f.Time
		}
		if s.Dedup.IsCopy(f) {
			s.Copies++
			break
		}
		closed = append(closed, s.Incidents.Observe(f)...)
	case alert.Operator:
		if f.Quiet != "" {
			s.Incidents.Source(f)
		}
		if s.Routes.Operate(f) {
			s.Groups.Lift(f.Time)
		}
	default:
		s.Outbox.Take(f)
	}
	closed = append(closed, s.elapse(f.Time)...)
	return append(closed, s.Incidents.TakeEnded()...)
}

// elapse tells what became due up to now, in rounds: what is told may make more due by
// now.
func (s *State) elapse(now time.Time) []alert.Incident {
	var closed []alert.Incident
	for all := s.Groups.Due(now); len(all) > 0; all = s.Groups.Due(now) {
		closed = append(closed, s.flush(all, now)...)
	}
	s.Outbox.Elapse(now)
	s.Incidents.Sweep(now)
	return closed
}

// flush turns messages into notices, has them wait for their channels, and returns the
// incidents that closed with it. All are composed before any is said: each tells of the
// same moment.
func (s *State) flush(all []group.Message, now time.Time) []alert.Incident {
	var closed []alert.Incident
	notices, words := make([]alert.Notice, len(all)), make([]*template.Lazy, len(all))
	for k, m := range all {
		notices[k], words[k] = s.compose(m)
	}
	s.Groups.Flush(all)
	for k, m := range all {
		s.send(m, notices[k], words[k])
		for it := range m.Items() {
			closed = append(closed, s.Incidents.Reached(s.Groups.Said(m, it, now))...)
		}
	}
	for _, m := range all {
		for it := range m.Items() {
			s.tidy(it.Record)
		}
	}
	s.Groups.Flushed(all)
	return closed
}

// compose makes the notice of a message; its words are rendered when somebody needs them.
func (s *State) compose(m group.Message) (alert.Notice, *template.Lazy) {
	n, data := s.composer.Compose(m)
	return n, s.renderer.Later(data)
}

// send has a notice wait for those who are told, and leaves a trace of it.
func (s *State) send(m group.Message, n alert.Notice, words *template.Lazy) {
	if s.trace != nil {
		words.Put(&n)
	}
	for _, c := range m.To {
		s.Outbox.Enqueue(c, n, words)
	}
	if len(m.To) == 0 {
		s.Groups.Suppressed++
	}
	if m.Silence != "" {
		s.Routes.Held[m.Silence]++
	}
	if s.trace == nil {
		return
	}
	for _, q := range m.Sequences {
		it := q.Last()
		s.trace(alert.Decision{
			Time: m.Due, Key: it.Record.Key, Along: s.membersOf(it.Record), Kind: group.NoticeKind(it.Record, it.Kind),
			Notice: n, Channels: m.To, Rule: m.Rule,
		})
	}
}

// tidy drops a closed incident about which nothing is left to tell.
func (s *State) tidy(r *incident.Record) {
	if !r.Open() && !s.Groups.Waits(r.ID) {
		s.Incidents.Drop(r.ID)
		s.Groups.Forget(r.ID)
	}
}

// Due returns what each channel that is not busy is to be told at now. It only reads,
// and it only knows what a fact has flushed: facts stamped before now may still be on
// their way, and belong to what is due. So Idle asks for the fact that time has passed.
func (s *State) Due(now time.Time, busy map[string]bool) alert.Plan {
	now = alert.Later(now, s.Now)
	var plan alert.Plan
	if next := s.Groups.Next(); !next.IsZero() {
		plan.Await(next, now)
	}
	s.Outbox.Plan(&plan, now, busy)
	return plan
}

// Trace has fn called with each decision, for `why`. It is no part of a checkpoint.
func (s *State) Trace(fn func(alert.Decision)) {
	s.trace, s.Outbox.Trace, s.Groups.Dropped = fn, fn, s.dropped
}

// dropped leaves the trace of an incident that was over before it might be told.
func (s *State) dropped(m group.Message, rule string) {
	n := s.notice(m)
	r := m.Sequences[0].Last().Record
	s.trace(alert.Decision{Time: m.Due, Key: r.Key, Along: s.membersOf(r), Kind: n.Kind, Notice: n, Rule: rule})
}

// notice is the notice of a message with its words.
func (s *State) notice(m group.Message) alert.Notice {
	n, words := s.compose(m)
	words.Put(&n)
	return n
}
