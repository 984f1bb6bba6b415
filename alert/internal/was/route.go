package was

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

// about reports whether the incident is one of those the match is about.
func (m Match) about(i *incident) bool {
	if !m.Proxy.matches(i.Proxy) || !m.Server.matches(i.Server) {
		return false
	}
	return m.Host.IsZero() || slices.ContainsFunc(i.Observers, m.Host.matches)
}

// takes reports whether the match holds for this turn of an incident.
func (m Match) takes(i *incident, kind NoticeKind, sev Severity, at time.Time) bool {
	return m.about(i) && (len(m.Kinds) == 0 || slices.Contains(m.Kinds, kind)) &&
		m.Level.passes(sev) && m.Hours.hold(at)
}

// timing returns the waits for an incident: those of the first route that is about
// it, where it says any, else the policy's.
func (s *State) timing(i *incident) Timing {
	t := s.policy.Timing
	for _, r := range s.policy.Routes {
		if !r.Match.about(i) {
			continue
		}
		for _, o := range []struct {
			to   *time.Duration
			from *time.Duration
		}{{&t.GroupWait, r.GroupWait}, {&t.HoldDown, r.HoldDown}, {&t.Remind, r.Remind}} {
			if o.from != nil {
				*o.to = *o.from
			}
		}
		return t
	}
	return t
}

// verdict says who is told of a turn of an incident, or which rule keeps it back.
type verdict struct {
	to   []string
	rule string
	// silence is the id of the silence that keeps it back; again is when it ends.
	silence string
	again   time.Time
}

// judge decides who is told. What ends or goes on goes where the beginning went.
func (s *State) judge(i *incident, t transition, due time.Time) verdict {
	switch {
	case t.Step.ends():
		if len(i.To) == 0 {
			return verdict{rule: "nobody was told of its beginning"}
		}
		return verdict{to: s.known(i.To)}
	case i.Matter == hardStop:
		if !s.policy.HardStops {
			return verdict{rule: hardStopsOff}
		}
	case i.Planned && s.policy.Planned == PlannedSilent:
		return verdict{rule: `planned = "silent"`}
	}
	kind, sev := i.noticeKind(t.Step), i.noticeSeverity(t.Step)
	if sil := s.silenced(i, kind, sev, due); sil != nil {
		return verdict{rule: "silence " + sil.ID, silence: sil.ID, again: sil.end(due)}
	}
	if t.Step == reminder {
		return verdict{to: s.known(i.To)}
	}
	to := s.routed(i, kind, sev, due)
	for _, c := range i.To {
		if !slices.Contains(to, c) {
			to = append(to, c)
		}
	}
	if len(to) == 0 {
		return verdict{rule: "no route or level lets it through"}
	}
	return verdict{to: s.known(to)}
}

// routed returns the channels the routes name whose level lets it through.
func (s *State) routed(i *incident, kind NoticeKind, sev Severity, at time.Time) []string {
	var to []string
	add := func(name string) {
		for _, c := range s.policy.Channels {
			if c.Name == name && c.Level.passes(sev) && !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	if len(s.policy.Routes) == 0 {
		for _, c := range s.policy.Channels {
			add(c.Name)
		}
	}
	for _, r := range s.policy.Routes {
		if !r.Match.takes(i, kind, sev, at) {
			continue
		}
		for _, name := range r.Channels {
			add(name)
		}
		if !r.Continue {
			break
		}
	}
	return to
}

// mayTellAlong reports whether all who are to be told of the incident hear of it when the
// parent's notice tells it along: routes and silences may set them apart.
func (s *State) mayTellAlong(parent, i *incident, at time.Time) bool {
	kind, sev := i.noticeKind(problem), i.noticeSeverity(problem)
	ofParent, sevOfParent := parent.noticeKind(problem), parent.noticeSeverity(problem)
	if s.silenced(parent, ofParent, sevOfParent, at) != nil && s.silenced(i, kind, sev, at) == nil {
		return false
	}
	to := s.routed(parent, ofParent, sevOfParent, at)
	return !slices.ContainsFunc(s.routed(i, kind, sev, at), func(c string) bool { return !slices.Contains(to, c) })
}

// known keeps the order of the policy and leaves out channels that left it.
func (s *State) known(names []string) []string {
	var to []string
	for _, c := range s.policy.Channels {
		if slices.Contains(names, c.Name) {
			to = append(to, c.Name)
		}
	}
	return to
}
