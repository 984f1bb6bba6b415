package was

import (
	"slices"
	"strings"
	"time"
)

// MaxParts is how many incidents a digest tells of one by one to channels that keep a
// state of their own; Notice.Unparted counts the others.
const MaxParts = 5000

// Part is what a notice says of one incident, for channels whose peer keeps a state of
// its own, such as Alertmanager and PagerDuty. Key and Planned together name what the
// peer holds: outages of a server follow each other, and planned work may go on beside.
type Part struct {
	Incident string `json:"incident"`
	Key      string `json:"key"`
	Proxy    string `json:"proxy"`
	Server   string `json:"server,omitempty"`
	// Kind is that of the turn told last; Severity is the incident's, also at its end.
	Kind     NoticeKind `json:"kind"`
	Severity Severity   `json:"severity"`
	Planned  bool       `json:"planned,omitempty"`
	Opened   time.Time  `json:"opened"`
	// Closed is zero as long as the incident is open.
	Closed time.Time `json:"closed,omitzero"`
	// Ended is how things are since it closed: "up", "in maintenance".
	Ended  string `json:"ended,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Lines are the log lines that say so, without headers: what opened it, what ended it.
	Lines []string `json:"lines,omitempty"`
}

// parts returns what a bundle tells of each incident: the last turn of its outage and of
// its planned work.
func (s *State) parts(b bundle) (parts []Part, more int) {
	for _, u := range b.turns {
		for _, k := range s.lasts(u) {
			if len(parts) == MaxParts {
				more++
				continue
			}
			t := s.Pending[k]
			p := s.Incidents[t.Incident].part(t.Step)
			p.Lines = s.linesOf(u, p.Planned)
			parts = append(parts, p)
		}
	}
	return parts, more
}

// linesOf returns the lines behind the turns of an outage, or of planned work.
func (s *State) linesOf(u turn, planned bool) []string {
	var lines []string
	for _, k := range u {
		t := s.Pending[k]
		if i := s.Incidents[t.Incident]; i.Planned == planned {
			lines = append(lines, i.linesOf(t.Step)...)
		}
	}
	return lines[:min(len(lines), MaxLines)]
}

// linesOf returns the lines behind a turn: of a server the one that says it; of a proxy,
// whose servers have no notice of their own, all that led to it.
func (i *incident) linesOf(st step) []string {
	switch {
	case len(i.Lines) == 0:
		return nil
	case st == recovery || st == back:
		return []string{i.Lines[len(i.Lines)-1].Text}
	case i.Matter == limited && st == problem:
		return []string{i.Lines[0].Text} // the others say the same
	case st != problem && st != relapse:
		return nil
	case i.Server == "":
		var all []string
		for _, l := range i.Lines {
			all = append(all, l.Text)
		}
		return all
	}
	for _, l := range i.Lines {
		if strings.HasPrefix(l.Text, "Server ") || strings.HasPrefix(l.Text, "Backup Server ") {
			return []string{l.Text} // rather than the check before it
		}
	}
	return []string{i.Lines[0].Text}
}

// lasts returns the last transition of an outage and the last of planned work in a turn.
func (s *State) lasts(u turn) []int {
	var last []int
	seen := map[bool]bool{}
	for _, k := range slices.Backward(u) {
		if planned := s.Incidents[s.Pending[k].Incident].Planned; !seen[planned] {
			seen[planned] = true
			last = append(last, k)
		}
	}
	slices.Sort(last)
	return last
}

func (i *incident) part(st step) Part {
	p := Part{
		Incident: i.ID, Key: i.Key, Proxy: i.Proxy, Server: i.Server, Kind: i.noticeKind(st), Severity: i.Severity,
		Planned: i.Planned, Opened: i.Opened, Reason: i.why(),
	}
	switch {
	case st == recovery:
		p.Closed, p.Ended = i.Closed, i.EndCause
	case st == calm:
		p.Closed = i.Lull
	case i.settles(st):
		p.Closed, p.Ended = i.latest(), quietWord
	}
	return p
}

// Told returns the incidents that are open and that the channel was told of, in the
// order of their opening: what a peer that forgets is to be reminded of.
func (s *State) Told(channel string) []Part {
	var parts []Part
	for _, i := range s.Incidents {
		if i.open() && i.Told && i.Parent == "" && slices.Contains(i.To, channel) {
			parts = append(parts, i.part(i.standing()))
		}
	}
	parts = append(parts, s.troubles(channel)...)
	slices.SortFunc(parts, func(a, b Part) int {
		if c := a.Opened.Compare(b.Opened); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return parts
}

// standing is the step that says how an open incident is known now.
func (i *incident) standing() step {
	switch {
	case i.deaf() || i.Matter == losing:
		return blind
	case i.Flapping:
		return flapping
	case i.Unknown:
		return unknown
	}
	return problem
}
