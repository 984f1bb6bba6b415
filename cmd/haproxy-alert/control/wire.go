package control

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/term"
)

// SilenceForm is a silence as the control socket and `silence list --json` have it.
type SilenceForm struct {
	ID     string             `json:"id,omitempty"`
	Proxy  alert.Pattern      `json:"proxy,omitzero"`
	Server alert.Pattern      `json:"server,omitzero"`
	Host   alert.Pattern      `json:"host,omitzero"`
	Kinds  []alert.NoticeKind `json:"kinds,omitempty"`
	Level  alert.Level        `json:"level,omitzero"`
	From   time.Time          `json:"from,omitzero"`
	Until  time.Time          `json:"until,omitzero"`
	// Hours are windows of the week, as the configuration writes them, in Zone.
	Hours   string     `json:"hours,omitempty"`
	Zone    alert.Zone `json:"zone,omitzero"`
	Comment string     `json:"comment,omitempty"`
	// Configured says that it stands in the configuration; Held is how many notices
	// it has kept back. Neither is part of a request.
	Configured bool `json:"configured"`
	Held       int  `json:"held"`
}

// silenceList is the answer to GET /silences.
type silenceList struct {
	Silences []SilenceForm `json:"silences"`
}

// refusal is the body of every answer that is an error.
type refusal struct {
	Error string `json:"error"`
}

// Silence reads the form as one to begin now. Its id hangs on its content and the
// time, so that it is the same on every node and names no other.
func (f SilenceForm) Silence(now time.Time) (alert.Silence, error) {
	hours, err := alert.ParseHours(f.Hours, f.Zone)
	q := alert.Silence{
		Match: alert.Match{Proxy: f.Proxy, Server: f.Server, Host: f.Host, Kinds: f.Kinds, Level: f.Level},
		From:  f.From, Until: f.Until, Hours: hours, Comment: f.Comment,
	}
	if q.From.IsZero() {
		q.From = now.Round(0)
	}
	switch {
	case err != nil:
		return q, err
	case f.Proxy.IsZero() && f.Server.IsZero() && f.Host.IsZero() && len(f.Kinds) == 0:
		return q, errors.New("want a proxy, server, host or kind; for all of them the proxy '.*'")
	case q.Until.IsZero() && q.Hours.IsZero():
		return q, errors.New("want an end, or hours of the week: a silence for ever is an outage nobody hears of")
	case !q.Until.IsZero() && !q.Until.After(q.From):
		return q, errors.New("want an end after its beginning")
	case !q.Until.IsZero() && !q.Until.After(now):
		return q, errors.New("want an end that is still to come")
	}
	q.ID, err = silenceID(q, now)
	return q, err
}

// silenceID is short enough to be typed.
func silenceID(q alert.Silence, now time.Time) (string, error) {
	content, err := json.Marshal(q)
	sum := sha256.Sum256(fmt.Appendf(content, " %s", now.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:4]), err
}

// FormOf writes a silence for people and programs.
func FormOf(q alert.Silence) SilenceForm {
	f := SilenceForm{
		ID: q.ID, Proxy: q.Match.Proxy, Server: q.Match.Server, Host: q.Match.Host, Kinds: q.Match.Kinds, Level: q.Match.Level,
		From: q.From, Until: q.Until, Hours: q.Hours.String(), Comment: q.Comment,
	}
	if f.Hours != "" {
		f.Zone = q.Hours.Zone
	}
	return f
}

// When says from when until when a silence holds.
func (f SilenceForm) When() string {
	var parts []string
	if !f.From.IsZero() {
		parts = append(parts, "from "+f.From.Local().Format(term.ClockForm))
	}
	if !f.Until.IsZero() {
		parts = append(parts, "until "+f.Until.Local().Format(term.ClockForm))
	}
	if f.Hours != "" {
		zone, _ := f.Zone.MarshalText()
		parts = append(parts, f.Hours+" "+string(zone))
	}
	return strings.Join(parts, " ")
}

// Left says how long a silence that holds now will hold.
func (f SilenceForm) Left(now time.Time) string {
	if f.Until.IsZero() || f.From.After(now) || f.Hours != "" {
		return ""
	}
	return " (" + alert.Duration(f.Until.Sub(now)) + " left)"
}

// What says which notices a silence keeps back, and why.
func (f SilenceForm) What() string {
	var parts []string
	for _, p := range []struct {
		name string
		expr alert.Pattern
	}{{"proxy", f.Proxy}, {"server", f.Server}, {"host", f.Host}} {
		if text, _ := p.expr.MarshalText(); len(text) > 0 {
			parts = append(parts, p.name+" "+string(text))
		}
	}
	for _, k := range f.Kinds {
		parts = append(parts, k.String())
	}
	if text, err := f.Level.MarshalText(); err == nil && !f.Level.IsZero() {
		parts = append(parts, "level "+string(text))
	}
	if len(parts) == 0 {
		parts = append(parts, "everything")
	}
	what := strings.Join(parts, ", ")
	if f.Configured {
		what += " [configuration]"
	}
	if f.Comment != "" {
		what += ": " + f.Comment
	}
	return what
}

// StatusReport is the answer to GET /status.
type StatusReport struct {
	Daemon    StatusDaemon          `json:"daemon"`
	Incidents []StatusIncident      `json:"incidents"`
	Channels  []alert.ChannelStatus `json:"channels"`
	Sources   []alert.SourceStatus  `json:"sources"`
	Listeners []StatusListener      `json:"listeners,omitempty"`
	Files     []StatusFile          `json:"files,omitempty"`
	Silences  []SilenceForm         `json:"silences"`
	Journal   StatusJournal         `json:"journal"`
}

// StatusDaemon is what `status` tells of the daemon itself.
type StatusDaemon struct {
	PID     int       `json:"pid"`
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
	Lines   int64     `json:"lines"`
	Events  int64     `json:"events"`
	// Backlog is how many bytes of lines wait to be recorded.
	Backlog int `json:"backlog_bytes"`
	// Suppressed counts the notices that a rule kept back, Overflow what the bounds cut.
	Suppressed int            `json:"suppressed"`
	Overflow   map[string]int `json:"overflow,omitempty"`
}

// StatusIncident is an open incident, and for how long it is open.
type StatusIncident struct {
	alert.Incident
	DurationS float64 `json:"duration_s"`
}

// StatusFile tells how far a log file is read.
type StatusFile struct {
	Path   string    `json:"path"`
	Behind int64     `json:"behind_bytes"` // that were written and not read yet
	Lines  int64     `json:"lines"`
	Last   time.Time `json:"last,omitzero"` // when the last line was read
	// Missed counts how often lines may have been missed since the start, Miss says why at
	// the last time.
	Missed int64  `json:"missed,omitempty"`
	Miss   string `json:"miss,omitempty"`
	// State is "reading", "missing" or "unreadable", for which Error says why.
	State string `json:"state"`
	Error string `json:"error,omitempty"`
}

// StatusJournal is how it goes with the journal.
type StatusJournal struct {
	Facts      uint64 `json:"facts"` // the sequence number of the newest
	Checkpoint uint64 `json:"checkpoint"`
	Segments   int    `json:"segments"`
	Bytes      int64  `json:"bytes"`
	Failures   uint64 `json:"failures"` // writes that failed since the start
}

// StatusListener tells what came in at a socket, and what did not, since the start.
type StatusListener struct {
	Address string `json:"address"`
	Lines   uint64 `json:"lines"`
	// Connections are open now; datagram sockets have none.
	Connections uint64 `json:"connections"`
	// Dropped lines found no room in the kernel's buffer, Refused came from who is not
	// allowed, Cut were longer than max_frame, Bad frames could not be read.
	Dropped uint64 `json:"dropped"`
	Refused uint64 `json:"refused"`
	Cut     uint64 `json:"cut"`
	Bad     uint64 `json:"bad"`
	// TooMany connections were turned away at max_connections, Handshakes of TLS failed.
	TooMany    uint64 `json:"too_many"`
	Handshakes uint64 `json:"handshakes_failed"`
}
