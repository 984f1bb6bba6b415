package was

import (
	"cmp"
	"time"

	"haproxy-alert/parse"
)

// MaxMatters is how many limits, losses of events and hard stops are open at once; a
// line about a further one is counted in State.Overflow.
const MaxMatters = 1000

// matter is what an incident is about. Most are about servers; the others are opened by
// a line that nothing takes back, and are over when no further one comes.
type matter uint8

const (
	service  matter = iota // a server, or a proxy without any
	limited                // HAProxy reached a limit, see limit.go
	losing                 // HAProxy lost events, see gap.go
	hardStop               // HAProxy ended a process by force, see hardstop.go
)

// quietWord is how things are with a matter of which nothing more is said.
const quietWord = "quiet"

// wentQuiet reports whether it is over only as far as anybody knows.
func (p Part) wentQuiet() bool { return p.Ended == quietWord }

// apart reports whether the incident is about something else than servers.
func (i *incident) apart() bool { return i.Matter != service || i.deaf() }

// Name returns what an observed line is about, as incidents and `why` call it: the proxy,
// or of a line about a whole process its load balancer, "haproxy" when that has no name.
func (f Fact) Name() string { return cmp.Or(f.Event.Proxy, f.Source.Observer(), "haproxy") }

// Ignores names the rule by which lines of a kind are told to nobody; empty: there is
// none.
func (p Policy) Ignores(k parse.Kind) string {
	switch {
	case k == parse.ProxyHardStop && !p.HardStops:
		return hardStopsOff
	case k == parse.EventsDropped && p.Drops <= 0:
		return `drops = "0s"`
	}
	return ""
}

// takeMatter takes a line that opens such an incident, or goes on with it.
func (s *State) takeMatter(f Fact) {
	switch f.Event.Kind {
	case parse.ProxyLimit:
		s.takeLimit(f.said())
	case parse.EventsDropped:
		s.takeGap(f.said())
	case parse.ProxyHardStop:
		s.takeHardStop(f.said())
	default:
	}
}

// said is the fact with all that the text says: journals of earlier versions have less.
func (f Fact) said() Fact {
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

func (f Fact) count() int { return min(f.Event.Count.Value, maxCount) }

// matterOf returns the open incident of a key, with the line in its record; fresh says
// that the line opened it. It is nil when the bound is reached.
func (s *State) matterOf(key, name string, m matter, f Fact) (i *incident, fresh bool) {
	i = s.Incidents[s.Matters[key]]
	switch {
	case i != nil:
	case len(s.Matters) >= MaxMatters:
		s.overflow("limits and losses")
		return nil, false
	default:
		fresh = true
		i = &incident{Incident: Incident{
			ID: incidentID(key, f), Key: key, Proxy: name, Opened: f.At, Severity: Alert, Observers: []string{},
		}, Matter: m, Event: f.Event}
		s.Incidents[i.ID] = i
		s.Matters[key] = i.ID
	}
	i.add(f)
	return i, fresh
}

// matterAbout returns the id of the open incident that a line opened or went on with, or
// nothing.
func (s *State) matterAbout(f Fact) string {
	switch f.Event.Kind {
	case parse.ProxyLimit:
		return s.Matters[limitKeyOf(f.said())]
	case parse.EventsDropped:
		return s.Matters[gapKey+f.Name()]
	case parse.ProxyHardStop:
		return s.Matters[hardStopKey+machine(f)]
	default:
		return ""
	}
}

// watch arms what tells that no further line has come for so long.
func (s *State) watch(i *incident, f Fact, quiet time.Duration) {
	s.disarmStep(i.ID, over)
	if quiet <= 0 {
		return
	}
	at := f.Time.Add(quiet)
	s.arm(i, over, f.At, at, at.Add(s.timing(i).GroupWait)) // who was told with it ends with it
}

// settleMatter closes an incident of which nothing more was said by now. It was over with
// its latest line, as far as anybody knows.
func (s *State) settleMatter(i *incident, now time.Time) []Incident {
	i.Closed, i.EndCause = i.latest(), quietWord
	delete(s.Matters, i.Key)
	s.disarmStep(i.ID, reminder)
	if begun := s.beginning(i.ID); begun != nil {
		s.outlasted(i, begun, now) // a silence held it all the time
	}
	return []Incident{i.Incident}
}

// settles reports whether the incident closes as the step is told: when nothing more was
// said of it, and a hard stop at once.
func (i *incident) settles(st step) bool {
	return st == over || i.Matter == hardStop && st == problem
}

// latest is the time of the incident's latest line.
func (i *incident) latest() time.Time { return later(i.Lines[len(i.Lines)-1].Time, i.Opened) }

// matterMark, matterWhat and matterNotes are the words for what is about no server.
func (i *incident) matterMark(st step) string {
	switch {
	case st == over:
		return "QUIET"
	case i.Matter == hardStop:
		return "HARD STOP"
	case i.Matter == losing:
		return "BLIND"
	case st == reminder:
		return "STILL AT LIMIT"
	}
	return "LIMIT"
}

func (i *incident) matterWhat(st step) string {
	switch i.Matter {
	case limited:
		return i.limitWhat(st)
	case losing:
		return i.gapWhat(st)
	default:
		return i.Reason
	}
}

func (s *State) matterNotes(i *incident, st step) []string {
	switch {
	case i.Matter == limited && st != over:
		return s.limitNotes(i)
	case i.Matter == losing && st != over:
		return gapNotes()
	case i.Matter == hardStop:
		return hardStopNotes()
	}
	return nil
}

// matterAfter says how long the lines came, at their end and in a reminder.
func (i *incident) matterAfter(st step, now time.Time) string {
	switch lasts := i.latest().Sub(i.Opened); {
	case st == over && lasts >= time.Second:
		return " after " + Duration(lasts)
	case st == reminder:
		return " for " + Duration(now.Sub(i.Opened)) + ", last said " + lasted(now.Sub(i.latest())) + " ago"
	}
	return ""
}
