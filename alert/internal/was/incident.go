package was

import (
	"slices"
	"time"

	"haproxy-alert/parse"
)

// Incident is the record of one outage, or of one stretch of planned work, of a
// server or of a proxy without any server left.
type Incident struct {
	ID string `json:"id"`
	// Key is what group_by made of it: "proxy/server" or "proxy", with a load
	// balancer's name and a blank before it when grouped by host.
	Key    string `json:"key"`
	Proxy  string `json:"proxy"`
	Server string `json:"server,omitempty"`
	// Opened and Closed are the lines' own times; Closed is zero while open.
	Opened   time.Time `json:"opened"`
	Closed   time.Time `json:"closed,omitzero"`
	Severity Severity  `json:"severity"`
	Planned  bool      `json:"planned"`
	// Flaps counts how often it got better and worse again while open.
	Flaps int `json:"flaps"`
	// Observers are the load balancers that said so, sorted.
	Observers []string `json:"observers"`
	Reason    string   `json:"reason,omitempty"`
}

// Duration is how long it lasted, or has lasted at now; zero rather than
// negative when lines carry clocks that disagree.
func (i Incident) Duration(now time.Time) time.Duration {
	if !i.Closed.IsZero() {
		now = i.Closed
	}
	return max(0, now.Sub(i.Opened))
}

// incident is an Incident and what is needed to tell it.
type incident struct {
	Incident
	// Parent is the incident that tells this one along: that of the proxy that
	// lost its last server, or of the tracked server.
	Parent string `json:",omitempty"`
	// Folded says it was once told by a parent, so its end needs no telling.
	Folded bool `json:",omitempty"`
	// Along are the ids of the incidents this one has told along.
	Along []string `json:",omitempty"`
	// Told says its own first notice is sealed; First is that notice's id, or
	// that of the outage whose conversation this one carries on. Steps counts the
	// transitions armed so far and makes their notice ids differ.
	Told  bool     `json:",omitempty"`
	To    []string `json:",omitempty"` // the channels that were told of it
	First string   `json:",omitempty"`
	Steps int
	// LetGo says that a relapse was over before the silence that held it: people take it
	// for partly up.
	LetGo bool `json:",omitempty"`
	// Marks say where in Pending its transitions are.
	Marks []mark `json:",omitempty"`
	// Event is the line that opened it with the reason joined, Counts the latest
	// counts said, EndCause what ended it.
	Event    parse.Event
	Counts   counts
	EndCause string `json:",omitempty"`
	// Failed is how many failed checks led to it.
	Failed int `json:",omitempty"`
	// Matter is what it is about.
	Matter matter `json:",omitempty"`
	// Lost is how many lines a listener is known to have lost, see Loop.Lost; how many
	// gaps a log file had, see Loop.Missed; how many events HAProxy lost, or connections a
	// hard stop closed.
	Lost int `json:",omitempty"`
	// Started says it began within ReloadGrace of a start or reload of HAProxy.
	Started bool `json:",omitempty"`
	// Flapping says it is told as such, and stays open through its lulls; Lull is
	// when it was last up. Unknown says a reload left open whether it goes on.
	Flapping bool      `json:",omitempty"`
	Began    time.Time `json:",omitzero"` // the flapping; Opened is that of the latest outage
	Lull     time.Time `json:",omitzero"`
	Outages  int       `json:",omitempty"` // further ones since it began
	Unknown  bool      `json:",omitempty"`
	Heard    time.Time // of the latest line about it, by our clock
	Doubted  time.Time `json:",omitzero"` // when it became unknown
	// None are the observers that see no server left; only a proxy's incident
	// has them.
	None map[string]bool
	// Guessed says that only the counts of a server line told so; then any server
	// that comes up ends it, for a weight of 0 may stand behind the counts.
	Guessed bool `json:",omitempty"`
	// Lines are its first log lines and the latest, Cut how many more there were
	// between them.
	Lines []Line
	Cut   int `json:",omitempty"`
}

// counts are the usable servers of a proxy, as its latest line said.
type counts struct {
	Active, Backup int
	OnBackup, Said bool
	// Total is Active and Backup and the servers known not to be up.
	Total int
}

// Line is one log line of an incident.
type Line struct {
	Time time.Time
	From string // the observer
	Tag  string
	PID  int
	Text string
}

func (i *incident) open() bool { return i.Closed.IsZero() }

// add takes a line into the incident's record.
func (i *incident) add(f Fact) {
	i.Heard = f.Time
	if o := f.Source.Observer(); o != "" && !slices.Contains(i.Observers, o) {
		i.Observers = append(i.Observers, o)
		slices.Sort(i.Observers)
	}
	line := Line{f.At, f.Source.Observer(), f.Source.Tag, f.Source.PID, f.Text}
	if len(i.Lines) >= MaxLines {
		i.Cut++
		i.Lines[len(i.Lines)-1] = line
		return
	}
	i.Lines = append(i.Lines, line)
}

// newest puts lines in the order of their times and keeps the first ones and the latest;
// it returns the count of those cut with what it cut.
func newest(lines []Line, cut int) ([]Line, int) {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b Line) int { return a.Time.Compare(b.Time) })
	lines = slices.Compact(lines)
	if extra := len(lines) - MaxLines; extra > 0 {
		return slices.Delete(lines, MaxLines-1, len(lines)-1), cut + extra
	}
	return lines, cut
}

// telling is the line of a step that a reader wants: what began it, or what ended it.
func (i *incident) telling(st step) Line {
	if st.ends() && st != unknown {
		return i.Lines[len(i.Lines)-1]
	}
	return i.Lines[0]
}

// countFlap counts a load balancer that had called the server up and now calls it
// down again, while another one kept the incident open.
func (i *incident) countFlap(f Fact) {
	if i.seenBy(f.Source.Observer()) {
		i.Flaps++
	}
}

func (i *incident) seenBy(observer string) bool {
	return slices.ContainsFunc(i.Lines, func(l Line) bool { return l.From == observer })
}

// add takes a line, and the counts it says, into the incident's record.
func (s *State) add(i *incident, f Fact) {
	i.add(f)
	if c, said := countsOf(f.Event); said {
		c.Total = c.Active + c.Backup + s.proxyOf(s.proxyKey(f)).away
		i.Counts = c
	}
}

func countsOf(ev parse.Event) (counts, bool) {
	if !ev.Active.Said || !ev.BackupLeft.Said {
		return counts{}, false
	}
	return counts{ev.Active.Value, ev.BackupLeft.Value, ev.RunningOnBackup, true, 0}, true
}

func (c counts) any() bool { return c.Active+c.Backup > 0 }
