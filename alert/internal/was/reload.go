package was

import (
	"slices"
	"time"

	"haproxy-alert/parse"
)

// MaxProcesses is how many processes of one load balancer are told apart; nbproc
// has several at once, a reload leaves old ones behind.
const MaxProcesses = 64

// process is what is known of the processes of one load balancer.
type process struct {
	// PIDs are those seen, the newest last; Since is when the newest was first seen.
	PIDs  []int
	Since time.Time
	// Heard is when its latest health line came, by our clock.
	Heard time.Time `json:",omitzero"`
	// Grace is until when what goes down is put down to a reload.
	Grace time.Time
	// Lost counts the events that HAProxy said it lost, HardStops the processes it ended
	// by force and Closed the connections it closed with them; LostAt and HardStopped are
	// when it said so last.
	Lost, HardStops, Closed int       `json:",omitempty"`
	LostAt, HardStopped     time.Time `json:",omitzero"`
}

// meet takes note of the process a line comes from, and of lines that a reload
// brings with it.
func (s *State) meet(f Fact) {
	observer := f.Source.Observer()
	p := s.Processes[observer]
	if p == nil {
		if len(s.Processes) >= MaxServers {
			s.overflow("load balancers")
			return
		}
		p = &process{}
		s.Processes[observer] = p
	}
	p.Heard = f.Time
	grace := f.Time.Add(s.policy.ReloadGrace)
	switch f.Event.Kind {
	case parse.ProxyStopping, parse.ProxyStopped:
		p.Grace = later(p.Grace, grace)
		s.doubt(observer, f) // the process goes; the next one may never speak of them
	case parse.ProxyStarted:
		p.Grace = later(p.Grace, grace)
	default:
	}
	if f.Source.PID == 0 || slices.Contains(p.PIDs, f.Source.PID) {
		return
	}
	first := len(p.PIDs) == 0
	if p.PIDs = append(p.PIDs, f.Source.PID); len(p.PIDs) > MaxProcesses {
		p.PIDs = slices.Delete(p.PIDs, 0, 1)
	}
	p.Since = f.Time
	if first {
		return // we began to listen; nothing says that it was reloaded
	}
	p.Grace = later(p.Grace, grace)
	s.doubt(observer, f)
}

// graceEnd returns until when to gather what goes down after a reload, zero when
// there was none of late.
func (s *State) graceEnd(f Fact) time.Time {
	p := s.Processes[f.Source.Observer()]
	if p == nil || !p.Grace.After(f.Time) {
		return time.Time{}
	}
	return p.Grace
}

// doubt arms, for each incident the load balancer has open, that it becomes unknown:
// a backend that heals while HAProxy reloads never gets an UP line.
func (s *State) doubt(observer string, f Fact) {
	if s.policy.ReloadQuiet <= 0 {
		return
	}
	at := f.Time.Add(s.policy.ReloadQuiet)
	for _, key := range sortedKeys(s.Servers) {
		sv := s.Servers[key]
		v := sv.Views[observer]
		if v == nil || v.Status == up {
			continue
		}
		for _, id := range [...]string{sv.Outage, sv.Work} {
			s.doubtIncident(id, f, at)
		}
	}
	for _, key := range sortedKeys(s.Proxies) {
		if i := s.Incidents[s.Proxies[key].Incident]; i != nil && i.None[observer] {
			s.doubtIncident(i.ID, f, at)
		}
	}
}

func (s *State) doubtIncident(id string, f Fact, at time.Time) {
	i := s.Incidents[id]
	if i == nil || i.Parent != "" || i.Unknown || i.Flapping {
		return
	}
	s.disarmStep(id, unknown)
	s.arm(i, unknown, f.At, at, at)
}

// settleDoubt takes back that an incident becomes unknown: a line about it came, from
// the new process or from an old one that is alive after all.
func (s *State) settleDoubt(i *incident) {
	s.disarmStep(i.ID, unknown)
	i.Unknown = false
}

// expire ends an incident that had become unknown: a new outage shows that the old one
// was over, though nobody saw its end. That it is unknown was told.
func (s *State) expire(i *incident) {
	i.Closed, i.EndCause = later(i.Doubted, i.Opened), "unknown"
	s.disarm(i.ID)
	if sv := s.Servers[i.Key]; sv != nil && i.Server != "" {
		defer func(worst status) { s.proxyOf(s.proxyKeyOf(i.Key, sv)).moved(worst, sv.worst()) }(sv.worst())
		for _, v := range sv.Views {
			if v.Status == down {
				v.Status = up
			}
		}
		sv.Outage = ""
	}
	if p := s.Proxies[i.Key]; p != nil && p.Incident == i.ID {
		p.Incident = ""
	}
	for _, child := range s.along(i) {
		child.Parent = ""
	}
	s.ended = append(s.ended, i.Incident)
	s.tidy(i)
}

// stillDown tells that a process we had not heard of it says what is known already, when
// nobody has for long: it may be the old outage, or one of its own after an end that a
// restart hid. Reloads that follow each other tell nothing.
func (s *State) stillDown(i *incident, f Fact) {
	if !i.Told || i.Planned || i.Flapping || f.Time.Sub(i.Heard) < SightedAgain {
		return
	}
	s.disarmStep(i.ID, reminder)
	s.arm(i, reminder, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
}
