package incident

import (
	"cmp"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// Bounds of the troubles that are open at once; a further one is counted.
const (
	MaxTroubles = 1000 // those that a line opens: limits, losses of events, hard stops
	MaxSilent   = 1000 // those of sources, listeners and log files
)

// HardStopWait is how long the lines of a hard stop are gathered at least: HAProxy gives
// its tasks a second before it says that some resisted (hard_stop in src/proxy.c).
const HardStopWait = 2 * time.Second

// troubleLine takes a line that opens a trouble, or goes on with one.
func (t *Tracker) troubleLine(f alert.Fact) {
	switch f.Event.Kind {
	case parse.ProxyLimit:
		t.limit(complete(f))
	case parse.EventsDropped:
		t.eventLoss(complete(f))
	case parse.ProxyHardStop:
		t.hardStop(complete(f))
	default:
	}
}

// limit takes a line about a limit that HAProxy reached. It may come at each connection
// that HAProxy cannot take, and none says that it is over.
func (t *Tracker) limit(f alert.Fact) {
	r, fresh := t.trouble(Limit, f)
	if r == nil {
		return
	}
	if fresh {
		l := LimitOf(f.Event)
		r.Severity, r.Reason = l.Severity, l.Words
		t.step(Opened, r, f)
	}
	t.again(r, f, t.policy.LimitQuiet)
}

// eventLoss takes that HAProxy lost events of its own, before they reached us: its ring
// was full. What was among them nobody knows.
func (t *Tracker) eventLoss(f alert.Fact) {
	lost := max(1, count(f))
	if p := t.health.Processes[f.Source.Observer()]; p != nil {
		p.Lost, p.LostAt = p.Lost+lost, f.Time
	}
	if t.policy.Drops <= 0 {
		return
	}
	r, fresh := t.trouble(EventLoss, f)
	if r == nil {
		return
	}
	r.Lost += lost
	r.Reason = alert.Plural(r.Lost, "event", "events") + " lost by HAProxy"
	if fresh {
		t.step(Opened, r, f)
	}
	t.again(r, f, t.policy.Drops)
}

// hardStop takes that HAProxy ends an old process that has not ended by itself within
// hard-stop-after: the end of a reload or of a stop that somebody wanted, and where
// connections are long that of each. So it is planned work, over when it is told.
func (t *Tracker) hardStop(f alert.Fact) {
	r, fresh := t.trouble(HardStop, f)
	if p := t.health.Processes[f.Source.Observer()]; p != nil {
		p.HardStopped, p.Closed = f.Time, p.Closed+count(f)
		if fresh {
			p.HardStops++
		}
	}
	if r == nil {
		return
	}
	r.Lost += count(f)
	resisted := strings.HasPrefix(f.Event.Cause, "Some tasks") || strings.HasSuffix(r.Reason, tasksResisted)
	r.Reason = "old process ended by force, " + alert.Plural(r.Lost, "connection", "connections") + " closed"
	if resisted {
		r.Reason += tasksResisted
	}
	if fresh {
		r.Planned, r.Severity = true, alert.Normal
		s := t.stepOf(Opened, r, f)
		s.Wait = HardStopWait
		t.Audience.Step(s)
	}
}

const tasksResisted = ", some tasks resisted"

// trouble returns the open incident of the trouble that a line is about, with the line in
// its record; fresh says that the line opened it. It is nil when the bound is reached.
func (t *Tracker) trouble(c Class, f alert.Fact) (r *Record, fresh bool) {
	key, name := troubleKeyOf(f), f.Name()
	if c == HardStop {
		name = machine(f)
	}
	r = t.Records[t.Troubles[key]]
	switch {
	case r != nil:
	case t.troubles(false) >= MaxTroubles:
		t.overflow.Add("limits and losses")
		return nil, false
	default:
		fresh = true
		r = t.openTrouble(c, f, alert.Incident{Key: key, Proxy: name, Observers: []string{}})
		r.Event = f.Event
	}
	r.add(f)
	return r, fresh
}

func (t *Tracker) openTrouble(c Class, f alert.Fact, i alert.Incident) *Record {
	i.ID, i.Opened, i.Severity = newID(i.Key, f), f.At, alert.Alert
	r := &Record{Incident: i, Class: c}
	t.Records[r.ID] = r
	t.Troubles[i.Key] = r.ID
	return r
}

// troubles counts the open ones of sources, or those that lines opened.
func (t *Tracker) troubles(source bool) int {
	n := 0
	for key := range t.Troubles {
		if ClassOf(key).FromSource() == source {
			n++
		}
	}
	return n
}

// again says that the trouble goes on; it is over when nothing more is said of it for so
// long.
func (t *Tracker) again(r *Record, f alert.Fact, quiet time.Duration) {
	s := t.stepOf(Again, r, f)
	s.Wait = quiet
	t.Audience.Step(s)
}

// settle closes a trouble of which nothing more was said by now. It was over with its
// latest line, as far as anybody knows.
func (t *Tracker) settle(r *Record, now time.Time) alert.Incident {
	r.Closed, r.EndCause = r.LatestLine(), alert.Quiet
	delete(t.Troubles, r.Key)
	t.step(Settled, r, alert.Fact{Time: now, At: now})
	return r.Incident
}

// troubleKeyOf is the key of the trouble that a line is about; empty for other lines. A
// trouble is that of one machine: each load balancer has its own, whatever group_by says
// of servers.
func troubleKeyOf(f alert.Fact) string {
	switch f.Event.Kind {
	case parse.ProxyLimit:
		f = complete(f)
		key := classes[Limit].key + LimitOf(f.Event).Name + " "
		if o := f.Source.Observer(); o != "" && o != f.Name() {
			key += o + " "
		}
		return key + f.Name()
	case parse.EventsDropped:
		return classes[EventLoss].key + f.Name()
	case parse.ProxyHardStop:
		return classes[HardStop].key + machine(f)
	default:
		return ""
	}
}

// complete is the fact with all that the text says: journals of earlier versions have less.
func complete(f alert.Fact) alert.Fact {
	if f.Event.Cause != "" || f.Event.Count.Said {
		return f
	}
	if ev, ok := parse.Line(f.Text); ok && ev.Kind == f.Event.Kind {
		f.Event = ev
	}
	return f
}

// maxCount is how much one line adds to a sum at the most; no forged one can have it
// overflow.
const maxCount = 1 << 32

func count(f alert.Fact) int { return min(f.Event.Count.Value, maxCount) }

// machine is the name of the process behind a line, whatever proxy it names.
func machine(f alert.Fact) string { return cmp.Or(f.Source.Observer(), "haproxy") }
