package was

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"haproxy-alert/parse"
)

// Scene is what the words of a notice are made of.
type Scene struct {
	Notice
	// Mark is the word in the subject's brackets: DOWN, UP, PARTLY UP, MAINT.
	Mark string
	// What says it in a few words: "Layer4 timeout", "no server available".
	What string
	// Left tells the proxy's usable servers: "1 of 3 left", "3 of 3 online".
	Left string
	// Empty says that the proxy has no usable server, also when this one is up.
	Empty bool
	// After tells how long it lasted, at its end: " after 42s", ", was down 42s".
	After string
	// Lasted is how long the outage lasted, or has lasted when the line came.
	Lasted time.Duration
	// Failed is how many failed checks led to it.
	Failed int
	// Event is the line that opened the incident, with the reason joined.
	Event parse.Event
	// Servers are the proxy's servers that are not up, when the notice is about a
	// proxy.
	Servers []ServerNote
	// Along are servers of other proxies that went down because they track one of
	// these.
	Along []ServerNote
	// Digest is how many servers and proxies a digest tells of; it lists the first
	// ones in Servers, and What sums them up.
	Digest int
	// Availability tells how much of the last day, week and month it was not down.
	Availability string
	// Notes say what the lines do not, such as why nobody is named.
	Notes []string
	// Lines are the first log lines and the latest, Cut how many more there were between
	// them.
	Lines []Line
	Cut   int
}

// ServerNote is one server in the notice of a proxy.
type ServerNote struct {
	Key    string
	State  string // "down", "in maintenance"
	Reason string
}

func (s *State) scene(i *incident, t transition, n Notice) Scene {
	sc := Scene{
		Notice: n, Mark: i.mark(t.Step), What: i.what(t.Step), Left: i.countsAt(t).words(i.over(t.Step)), Lasted: max(0, t.At.Sub(i.Opened)),
		Failed: i.Failed, Event: i.Event, Lines: i.Lines, Cut: i.Cut,
	}
	if t.Step == back && i.Server != "" {
		sc.What = s.opinions(i)
	}
	if t.Step == flapping {
		sc.Left = "" // it is of one moment, and says nothing of the next
	}
	switch t.Step {
	case reminder:
		sc.Lasted = n.Time.Sub(i.Opened)
		sc.After = " for " + Duration(sc.Lasted)
	case unknown, flapping:
		sc.Lasted = n.Time.Sub(i.Opened)
	case recovery:
		sc.Lasted = i.Duration(t.At)
		sc.After = i.after()
	default:
	}
	if i.Matter != service {
		sc.After = i.matterAfter(t.Step, n.Time)
	}
	if !i.Planned && !i.apart() {
		sc.Availability = s.availability(i, later(t.At, i.Opened))
	}
	sc.Empty = t.Counts.Said && !t.Counts.any()
	sc.Servers = t.NotUp
	sc.Along = s.alongNotes(i)
	sc.Notes = append(s.matterNotes(i, t.Step), i.notes(t)...)
	return sc
}

// notes are what an operator would have to know HAProxy well to see.
func (i *incident) notes(t transition) []string {
	var notes []string
	if i.Server == "" && !i.apart() && t.Step.begins() && len(t.NotUp) == 0 {
		notes = append(notes, "No server of it is known to be down. Look for a weight of 0, or for lines that did not reach us.")
	}
	if i.Server != "" && i.over(t.Step) && t.Counts.Said && !t.Counts.any() {
		notes = append(notes, "It is up, but the backend still has no usable server. Look for a weight of 0.")
	}
	switch {
	case i.gappy() && i.open():
		notes = append(notes, "An alarm may be missing with them: that a server went down, or that it is up again.")
	case i.gappy():
		notes = append(notes, "What was missed: "+i.Reason+".")
	}
	if t.Held {
		notes = append(notes, "A silence kept this back until now.")
	}
	if i.Started && t.Step.begins() {
		notes = append(notes, "Found within moments of a start or reload of HAProxy: it may have been so before.")
	}
	return notes
}

// alongNotes lists the servers told along that a list of the proxy's own does not
// have.
func (s *State) alongNotes(i *incident) []ServerNote {
	var notes []ServerNote
	for _, a := range s.along(i) {
		if i.Server != "" || a.Proxy != i.Proxy {
			state := down
			if sv := s.Servers[a.Key]; sv != nil {
				state = sv.worst()
			}
			notes = append(notes, ServerNote{incidentName(a), state.word(), a.why()})
		}
	}
	return notes
}

// countsAt returns the counts a transition tells: those of its moment, or of a line that
// came while it gathered when its own said none.
func (i *incident) countsAt(t transition) counts {
	if !t.Counts.Said && t.Step.begins() && i.open() {
		return i.Counts
	}
	return t.Counts
}

// over reports whether the step tells good news.
func (i *incident) over(st step) bool {
	return st == back || i.EndCause == up.word() && (st == recovery || st == calm)
}

// after puts a closed incident's duration in words.
func (i *incident) after() string {
	lasted := lasted(i.Duration(i.Closed))
	if i.Planned || i.EndCause == up.word() {
		return " after " + lasted
	}
	return ", was down " + lasted
}

// notUp lists the proxy's servers that are not up, the failed ones first.
func (s *State) notUp(i *incident) []ServerNote {
	p := s.Proxies[i.Key]
	if p == nil || i.Server != "" {
		return nil
	}
	var notes []ServerNote
	for _, want := range [...]bool{true, false} {
		for _, key := range sortedKeys(p.servers) {
			sv := p.servers[key]
			if sv.failed() != want || sv.worst() == up {
				continue
			}
			note := ServerNote{Key: sv.Proxy + "/" + sv.Server, State: sv.worst().word()}
			if own := s.Incidents[cmp.Or(sv.Outage, sv.Work)]; own != nil {
				note.Reason = own.why()
			}
			notes = append(notes, note)
		}
	}
	return notes
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
