package health

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// MaxProcesses is how many processes of one load balancer are told apart; nbproc
// has several at once, a reload leaves old ones behind.
const MaxProcesses = 64

// Process is what is known of the processes of one load balancer.
type Process struct {
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

// Meet takes note of the process a line comes from, and of lines that a reload brings
// with it. It returns how many signs of a reload the line is, none to two: a proxy that
// stops, and a process that was not known. After each, what the load balancer said before
// is in doubt.
func (t *Table) Meet(f alert.Fact) (reloads int) {
	p := t.process(f)
	if p == nil {
		return 0
	}
	p.Heard = f.Time
	grace := f.Time.Add(t.grace)
	switch f.Event.Kind {
	case parse.ProxyStopping, parse.ProxyStopped:
		p.Grace = alert.Later(p.Grace, grace)
		reloads++ // the process goes; the next one may never speak of its servers
	case parse.ProxyStarted:
		p.Grace = alert.Later(p.Grace, grace)
	default:
	}
	if f.Source.PID == 0 || slices.Contains(p.PIDs, f.Source.PID) {
		return reloads
	}
	first := len(p.PIDs) == 0
	if p.PIDs = append(p.PIDs, f.Source.PID); len(p.PIDs) > MaxProcesses {
		p.PIDs = slices.Delete(p.PIDs, 0, 1)
	}
	p.Since = f.Time
	if first {
		return reloads // we began to listen; nothing says that it was reloaded
	}
	p.Grace = alert.Later(p.Grace, grace)
	return reloads + 1
}

func (t *Table) process(f alert.Fact) *Process {
	observer := f.Source.Observer()
	p := t.Processes[observer]
	if p == nil {
		if len(t.Processes) >= alert.MaxServers {
			t.overflow.Add("load balancers")
			return nil
		}
		p = &Process{}
		t.Processes[observer] = p
	}
	return p
}

// Grace returns until when to gather what goes down at the line's load balancer after a
// reload, zero when there was none of late.
func (t *Table) Grace(f alert.Fact) time.Time {
	p := t.Processes[f.Source.Observer()]
	if p == nil || !p.Grace.After(f.Time) {
		return time.Time{}
	}
	return p.Grace
}

// LatestGrace is the latest Grace of all load balancers.
func (t *Table) LatestGrace() time.Time {
	var grace time.Time
	for _, p := range t.Processes {
		grace = alert.Later(grace, p.Grace)
	}
	return grace
}
