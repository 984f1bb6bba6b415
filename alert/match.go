package alert

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"time"
)

// Route leads the notices it matches to channels. The first that matches is the
// last, unless it says Continue.
type Route struct {
	Match    Match
	Channels []string
	Continue bool
	// GroupWait, HoldDown and Remind overrule the policy's, where not nil.
	GroupWait, HoldDown, Remind *time.Duration
}

// Silence suppresses the notices it matches while it lasts.
type Silence struct {
	ID    string `json:"id"`
	Match Match  `json:"match"`
	// From and Until bound it; a zero one does not. Hours narrows it to windows
	// of the week, such as a weekly maintenance.
	From    time.Time `json:"from,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Hours   Hours     `json:"hours,omitzero"`
	Comment string    `json:"comment,omitempty"`
}

// Match selects by what an incident is about. Expressions match whole names; an
// empty one matches all.
type Match struct {
	Proxy  Pattern `json:"proxy,omitzero"`
	Server Pattern `json:"server,omitzero"`
	Host   Pattern `json:"host,omitzero"`
	// Kinds are the kinds of notices; none means all.
	Kinds []NoticeKind `json:"kinds,omitempty"`
	// Level is the least severity; zero means all.
	Level Level `json:"level,omitzero"`
	// Hours are when it matches; the zero Hours is always.
	Hours Hours `json:"hours,omitzero"`
}

// Pattern is a regular expression (RE2) over a whole name.
type Pattern struct{ re *regexp.Regexp }

// ParsePattern compiles an expression; the empty one matches everything.
func ParsePattern(expr string) (Pattern, error) {
	if expr == "" {
		return Pattern{}, nil
	}
	if _, err := regexp.Compile(expr); err != nil { // as it was written, and all of it one expression
		cause := err.Error()
		if bad, ok := errors.AsType[*syntax.Error](err); ok {
			cause = bad.Code.String()
		}
		return Pattern{}, fmt.Errorf("want an expression (RE2) over names, not %q: %s", expr, cause)
	}
	re, err := regexp.Compile(`\A(?:` + expr + `)\z`)
	return Pattern{re}, err
}

// MarshalText writes the expression.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.text()), nil }

func (p Pattern) text() string {
	if p.re == nil {
		return ""
	}
	text := p.re.String()
	return text[len(`\A(?:`) : len(text)-len(`)\z`)]
}

// UnmarshalText reads an expression.
func (p *Pattern) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePattern(string(text))
	return err
}

// IsZero reports whether it matches everything.
func (p Pattern) IsZero() bool { return p.re == nil }

// Equal reports whether the expressions are the same text.
func (p Pattern) Equal(other Pattern) bool { return p.text() == other.text() }

func (p Pattern) matches(name string) bool { return p.re == nil || p.re.MatchString(name) }

// Subject is what routes, silences and timings ask of an incident and of the notice that
// tells of it.
type Subject struct {
	Proxy, Server string
	Observers     []string
	Kind          NoticeKind
	Severity      Severity
}

// About reports whether the subject is one of those the match is about: its names and
// load balancers, not its kind, severity or hour.
func (m Match) About(s Subject) bool {
	if !m.Proxy.matches(s.Proxy) || !m.Server.matches(s.Server) {
		return false
	}
	return m.Host.IsZero() || slices.ContainsFunc(s.Observers, m.Host.matches)
}

// Takes reports whether the match holds for a notice about the subject at a time.
func (m Match) Takes(s Subject, at time.Time) bool {
	return m.About(s) && (len(m.Kinds) == 0 || slices.Contains(m.Kinds, s.Kind)) &&
		m.Level.Passes(s.Severity) && m.Hours.Hold(at)
}

// Concerns reports whether the match may take incidents of the server, or with an
// empty server those of any server of the proxy.
func (m Match) Concerns(proxy, server string) bool {
	return m.Proxy.matches(proxy) && (server == "" || m.Server.matches(server))
}

// Active reports whether the silence is in force at a time.
func (q Silence) Active(at time.Time) bool {
	return !at.Before(q.From) && (q.Until.IsZero() || at.Before(q.Until)) && q.Hours.Hold(at)
}

// End returns when the silence that is active at the given time lets go, zero when
// it never does.
func (q Silence) End(at time.Time) time.Time {
	end := q.Until
	if window := q.Hours.End(at); !window.IsZero() && (end.IsZero() || window.Before(end)) {
		end = window
	}
	return end
}
