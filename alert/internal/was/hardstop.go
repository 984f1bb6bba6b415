package was

import (
	"strings"
	"time"
)

// HardStopWait is how long the lines of a hard stop are gathered at least: HAProxy gives
// its tasks a second before it says that some resisted (hard_stop in src/proxy.c).
const HardStopWait = 2 * time.Second

// hardStopKey begins the key of a load balancer that ends a process by force.
const hardStopKey = "hard-stop "

// hardStopsOff is the rule that keeps hard stops back.
const hardStopsOff = "hard_stops = false"

// takeHardStop takes that HAProxy ends an old process that has not ended by itself within
// hard-stop-after: the end of a reload or of a stop that somebody wanted, and where
// connections are long that of each. So it is planned work, over when it is told, and
// told only to who asks for it.
func (s *State) takeHardStop(f Fact) {
	name := machine(f)
	i, fresh := s.matterOf(hardStopKey+name, name, hardStop, f)
	if p := s.Processes[f.Source.Observer()]; p != nil {
		p.HardStopped, p.Closed = f.Time, p.Closed+f.count()
		if fresh {
			p.HardStops++
		}
	}
	if i == nil {
		return
	}
	i.Lost += f.count()
	resisted := strings.HasPrefix(f.Event.Cause, "Some tasks") || strings.HasSuffix(i.Reason, tasksResisted)
	i.Reason = "old process ended by force, " + plural(i.Lost, "connection", "connections") + " closed"
	if resisted {
		i.Reason += tasksResisted
	}
	if fresh {
		i.Planned, i.Severity = true, Normal
		at := f.Time.Add(max(HardStopWait, s.timing(i).GroupWait))
		s.arm(i, problem, f.At, at, at) // not along with others: its lines are not all here
	}
}

// lastHardStop returns until when to wait for the lines of the hard stops that are open;
// zero when there are none.
func (s *State) lastHardStop() time.Time {
	var at time.Time
	for _, id := range s.Matters {
		if t := s.beginning(id); t != nil && s.Incidents[id].Matter == hardStop {
			at = later(at, t.Due)
		}
	}
	return at
}

const tasksResisted = ", some tasks resisted"

// machine is Fact.Name of the process behind a line.
func machine(f Fact) string {
	f.Event.Proxy = ""
	return f.Name()
}

func hardStopNotes() []string {
	return []string{"It had not ended by itself within hard-stop-after of a reload or stop; what its connections were doing was cut short."}
}
