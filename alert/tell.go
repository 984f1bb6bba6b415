package alert

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"haproxy-alert/parse"
)

// compose builds the notice of a bundle; before are the bundles that are sealed with it
// and told earlier. It only reads: what is coming can be shown before it is sealed.
func (s *State) compose(b bundle, before []bundle) Notice {
	if len(b.turns) > 1 {
		return s.digest(b, before)
	}
	u := b.turns[0]
	t := s.Pending[u.last()]
	i := s.Incidents[t.Incident]
	n := s.notice(i, t, b.due)
	n.ID, n.First = s.noticeID(u), s.firstOf(u, before)
	n.Parts, n.Unparted = s.parts(b)
	sc := s.scene(i, t, n)
	if len(u) > 1 {
		s.story(u).retell(&sc, i, t.Step)
	}
	n.Opened = sc.Opened
	n.Subject, n.Body, n.HTML = s.policy.Words.write(sc)
	return n
}

// noticeID hangs on the notices that the turn stands for.
func (s *State) noticeID(u turn) string {
	if len(u) == 1 {
		return s.Pending[u[0]].Notice
	}
	parts := []any{"turn"}
	for _, k := range u {
		parts = append(parts, s.Pending[k].Notice)
	}
	return shortID(parts...)
}

// firstOf returns the notice that began the conversation the turn goes on with: its own
// when it begins one, a digest's when that told of the beginning.
func (s *State) firstOf(u turn, before []bundle) string {
	t := s.Pending[u[0]]
	if s.opens(t) {
		return s.noticeID(u)
	}
	i := s.Incidents[t.Incident]
	for k, d := range before {
		for _, p := range slices.Concat(d.turns...) {
			if o := s.Pending[p]; o.Incident == i.ID && o.Step.begins() {
				return s.firstOfBundle(d, before[:k])
			}
		}
	}
	return cmp.Or(i.First, t.Notice)
}

func (s *State) firstOfBundle(b bundle, before []bundle) string {
	switch {
	case len(b.turns) == 1:
		return s.firstOf(b.turns[0], before)
	case slices.ContainsFunc(b.turns, func(u turn) bool { return s.opens(s.Pending[u[0]]) }):
		return s.digestID(b)
	}
	return s.firstOf(b.turns[0], before) // most began in one digest
}

// notice builds what one transition tells, but for its words.
func (s *State) notice(i *incident, t transition, due time.Time) Notice {
	n := Notice{
		Kind: i.noticeKind(t.Step), Severity: i.noticeSeverity(t.Step),
		Incident: i.ID, Proxy: i.Proxy, Server: i.Server,
		Time: due, Opened: i.Opened, Observers: slices.Clone(i.Observers),
	}
	switch t.Step {
	case recovery:
		n.Closed = i.Closed
	case calm:
		n.Closed = i.Lull
	default:
	}
	return n
}

func (i *incident) noticeKind(st step) NoticeKind {
	switch {
	case i.Planned:
		return Planned
	case st == recovery:
		return Recovery
	case st == problem:
		return Problem
	case st == flapping:
		return Flapping
	case st == blind:
		return Blind
	case st == calm:
		return Calm
	case st == reminder:
		return Reminder
	case st == unknown:
		return Unknown
	}
	return Escalation
}

func (i *incident) noticeSeverity(st step) Severity {
	if st == recovery || st == back || st == calm && !i.Lull.IsZero() {
		return Normal
	}
	return i.Severity
}

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
	if !i.Planned && !i.deaf() {
		sc.Availability = s.availability(i, later(t.At, i.Opened))
	}
	sc.Empty = t.Counts.Said && !t.Counts.any()
	sc.Servers = t.NotUp
	sc.Along = s.alongNotes(i)
	sc.Notes = i.notes(t)
	return sc
}

// notes are what an operator would have to know HAProxy well to see.
func (i *incident) notes(t transition) []string {
	var notes []string
	if i.Server == "" && t.Step.begins() && len(t.NotUp) == 0 {
		notes = append(notes, "No server of it is known to be down. Look for a weight of 0, or for lines that did not reach us.")
	}
	if i.Server != "" && i.over(t.Step) && t.Counts.Said && !t.Counts.any() {
		notes = append(notes, "It is up, but the backend still has no usable server. Look for a weight of 0.")
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

// mark is the word a reader scans subjects for.
func (i *incident) mark(st step) string {
	switch {
	case st == blind:
		return "BLIND"
	case st == back:
		return "PARTLY UP"
	case st == flapping:
		return "FLAPPING"
	case st == unknown:
		return "UNKNOWN"
	case st == reminder:
		return "STILL DOWN"
	case st == calm && !i.Lull.IsZero():
		return "UP"
	case st == recovery && i.EndCause == up.word():
		return "UP"
	case st == recovery || i.Planned:
		return "MAINT"
	}
	return "DOWN"
}

func (i *incident) what(st step) string {
	switch {
	case st == blind:
		return "nothing heard of it: whatever happens there is not seen"
	case i.deaf() && st == reminder:
		return "still nothing heard of it"
	case i.deaf():
		return "heard again"
	case st == recovery && i.Planned && i.EndCause == up.word():
		return "back in service"
	case st == recovery && i.EndCause == up.word() && i.Server == "":
		return "available again"
	case st == recovery && i.EndCause == up.word():
		return "up again"
	case st == recovery && i.Planned:
		return "planned work ended, now " + i.EndCause
	case st == recovery:
		return i.EndCause
	case st == back:
		return "available again, but not all servers"
	case st == relapse && i.Server != "":
		return "down again, or for one more load balancer: " + cmp.Or(i.why(), "no reason in the log")
	case st == flapping:
		return "goes up and down, quiet until it is calm; last reason: " + cmp.Or(i.why(), "none in the log")
	case st == calm && !i.Lull.IsZero():
		return "calm again after " + strconv.Itoa(i.Outages+1) + " outages"
	case st == calm:
		return "no longer flapping, but down: " + cmp.Or(i.why(), "no reason in the log")
	case st == unknown:
		return "reloaded, and nothing said of it since: up again, or still down"
	case i.Server == "":
		return "no server available"
	}
	return cmp.Or(i.why(), plannedWord(i.Event.Kind), "no reason in the log")
}

// maxAgentText is how many runes of an agent's text a subject may hold.
const maxAgentText = 60

// why is the reason, or what an agent said of it: HAProxy calls each of its answers
// "Layer7 wrong status".
func (i *incident) why() string {
	if said, ok := strings.CutPrefix(i.Event.Info, "via agent : "); ok {
		return "agent says " + oneLine(said, maxAgentText)
	}
	return i.Reason
}

func plannedWord(k parse.Kind) string {
	switch k {
	case parse.ServerMaint:
		return maintenance.word()
	case parse.ServerDrain:
		return draining.word()
	case parse.ServerStopping:
		return stopping.word()
	default:
		return ""
	}
}

// reasonOf says in a few words why, as far as the line tells.
func reasonOf(ev parse.Event) string {
	word := plannedWord(ev.Kind)
	switch {
	case ev.Reason != "":
		return ev.Reason
	case ev.Kind == parse.ServerDown && byOperator(ev.Cause):
		return forced.word() + " (" + ev.Cause + ")"
	case ev.Cause != "" && word != "":
		return word + " (" + ev.Cause + ")"
	case ev.Cause != "":
		return "changed from " + ev.Cause
	case ev.Via != "":
		return "follows " + ev.Via
	case ev.Kind == parse.ServerMaintEnd:
		return "down at the end of maintenance"
	case ev.Kind == parse.ServerDrainEnd:
		return "down at the end of a drain"
	}
	return word
}

// words tells the usable servers as HAProxy does: those "left" of an outage, those
// "online" at its end. The total is what is known: servers that were never up and never
// spoken of are not in it.
func (c counts) words(over bool) string {
	verb := "left"
	if over {
		verb = "online"
	}
	of := verb
	if c.Total > 0 {
		of = fmt.Sprintf("of %d %s", c.Total, verb)
	}
	switch {
	case !c.Said:
		return ""
	case !c.any():
		return "none " + of
	case c.OnBackup:
		return fmt.Sprintf("running on backup, %d %s", c.Backup, of)
	case c.Backup > 0:
		return fmt.Sprintf("%d active and %d backup %s", c.Active, c.Backup, of)
	}
	return fmt.Sprintf("%d %s", c.Active, of)
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
