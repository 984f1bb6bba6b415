package incident

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/parse"
)

// Record is an incident and what is needed to tell it. Only the Tracker changes it.
type Record struct {
	alert.Incident
	// Class is what it is about.
	Class Class `json:",omitempty"`
	// Event is the line that opened it with the reason joined, Counts the latest
	// counts said, EndCause how things are since it ended.
	Event    parse.Event
	Counts   Counts
	EndCause string `json:",omitempty"`
	// Failed is how many failed checks led to it.
	Failed int `json:",omitempty"`
	// Lost is how many lines a listener is known to have lost; how many gaps a log file
	// had; how many events HAProxy lost, or connections a hard stop closed.
	Lost int `json:",omitempty"`
	// AfterReload says it began within ReloadGrace of a start or reload of HAProxy.
	AfterReload bool `json:",omitempty"`
	// Parent is the incident that this one is a part of: that of the proxy that lost its
	// last server, or of the tracked server. Parts are the ids of those that have ever
	// joined this one.
	Parent string   `json:",omitempty"`
	Parts  []string `json:",omitempty"`
	// Flapping says that it changes too often to be told each time, and stays open while
	// it is up for a moment; CalmSince is when it was last up, zero while it is down.
	Flapping  bool      `json:",omitempty"`
	Began     time.Time `json:",omitzero"` // the flapping; Opened is that of the latest outage
	CalmSince time.Time `json:",omitzero"`
	Outages   int       `json:",omitempty"` // further ones since it began
	// Unknown says that a reload left open whether it goes on, since UnknownSince.
	Unknown      bool      `json:",omitempty"`
	UnknownSince time.Time `json:",omitzero"`
	LastSeen     time.Time // the latest line about it, by our clock
	// NoneSeenBy are the observers that see no server left; only a proxy's incident has
	// them. Inferred says that only the counts of a server line told so; then any server
	// that comes up ends it, for a weight of 0 may stand behind the counts.
	NoneSeenBy map[string]bool
	Inferred   bool `json:",omitempty"`
	// Lines are its first log lines and the latest, Cut how many more there were
	// between them.
	Lines []alert.Line
	Cut   int `json:",omitempty"`
}

// Counts are the usable servers of a proxy, as its latest line said.
type Counts struct {
	Active, Backup int
	OnBackup, Said bool
	// Total is Active and Backup and the servers known not to be up.
	Total int
}

// CountsOf returns the counts that a line says; false when it says none.
func CountsOf(ev parse.Event) (Counts, bool) {
	if !ev.Active.Said || !ev.BackupLeft.Said {
		return Counts{}, false
	}
	return Counts{ev.Active.Value, ev.BackupLeft.Value, ev.RunningOnBackup, true, 0}, true
}

// Any reports whether a server is left.
func (c Counts) Any() bool { return c.Active+c.Backup > 0 }

// Open reports whether it has not ended.
func (r *Record) Open() bool { return r.Closed.IsZero() }

// IsProxy reports whether it is that of a proxy without any server left.
func (r *Record) IsProxy() bool { return r.Class == Outage && r.Server == "" }

// LatestLine is the time of its latest line, by the line's own clock.
func (r *Record) LatestLine() time.Time {
	return alert.Later(r.Lines[len(r.Lines)-1].Time, r.Opened)
}

// add takes a line into the record.
func (r *Record) add(f alert.Fact) {
	r.LastSeen = f.Time
	if o := f.Source.Observer(); o != "" && !slices.Contains(r.Observers, o) {
		r.Observers = append(r.Observers, o)
		slices.Sort(r.Observers)
	}
	line := alert.Line{Time: f.At, From: f.Source.Observer(), Tag: f.Source.Tag, PID: f.Source.PID, Text: f.Text}
	if len(r.Lines) >= alert.MaxLines {
		r.Cut++
		r.Lines[len(r.Lines)-1] = line
		return
	}
	r.Lines = append(r.Lines, line)
}

// Newest puts lines in the order of their times and keeps the first ones and the latest;
// it returns the count of those cut with what it cut.
func Newest(lines []alert.Line, cut int) ([]alert.Line, int) {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b alert.Line) int { return a.Time.Compare(b.Time) })
	lines = slices.Compact(lines)
	if extra := len(lines) - alert.MaxLines; extra > 0 {
		return slices.Delete(lines, alert.MaxLines-1, len(lines)-1), cut + extra
	}
	return lines, cut
}

// seenBy reports whether a line of the observer is in the record.
func (r *Record) seenBy(observer string) bool {
	return slices.ContainsFunc(r.Lines, func(l alert.Line) bool { return l.From == observer })
}

// newID hangs on the recorded time too: fast toggles write the same line twice in a second,
// and each begins an incident of its own.
func newID(key string, f alert.Fact) string {
	return alert.ID("incident", key, f.Source.Observer(), f.Time.UTC().Format(time.RFC3339Nano), f.Text)
}

// EndedUp reports whether it is over because it is up again, not because something else
// took its place.
func (r *Record) EndedUp() bool { return r.EndCause == health.Up.String() }
