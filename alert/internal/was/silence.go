package was

import (
	"slices"
	"time"
)

// MaxSilences is how many silences the running daemon keeps besides those of its
// configuration.
const MaxSilences = 1000

// silenced returns the silence that keeps a turn of an incident back, or nil.
func (s *State) silenced(i *incident, kind NoticeKind, sev Severity, at time.Time) *Silence {
	for _, list := range [...][]Silence{s.policy.Silences, s.Silences} {
		for k := range list {
			if list[k].active(at) && list[k].Match.takes(i, kind, sev, at) {
				return &list[k]
			}
		}
	}
	return nil
}

func (q Silence) active(at time.Time) bool {
	return !at.Before(q.From) && (q.Until.IsZero() || at.Before(q.Until)) && q.Hours.hold(at)
}

// end returns when the silence that is active at the given time lets go, zero when
// it never does.
func (q Silence) end(at time.Time) time.Time {
	end := q.Until
	if window := q.Hours.end(at); !window.IsZero() && (end.IsZero() || window.Before(end)) {
		end = window
	}
	return end
}

// ListSilences returns the silences in force or to come at now: those of the policy
// first, then those of the running daemon.
func (s *State) ListSilences(now time.Time) []Silence {
	var all []Silence
	for _, q := range slices.Concat(s.policy.Silences, s.Silences) {
		if q.Until.IsZero() || now.Before(q.Until) {
			all = append(all, q)
		}
	}
	return all
}

// Configured reports whether the silence of that id is one of the policy's, which no
// command ends.
func (s *State) Configured(id string) bool {
	return slices.ContainsFunc(s.policy.Silences, func(q Silence) bool { return q.ID == id })
}

// operate takes an operator's command.
func (s *State) operate(f Fact) {
	if f.Quiet != "" {
		s.listen(f)
	}
	q := f.Silence
	s.forgetSilences(func(old Silence) bool {
		over := !old.Until.IsZero() && old.Until.Before(f.Time)
		return over || old.ID == q.ID
	})
	switch {
	case q.ID == "":
	case f.Expire:
		s.wakeSilenced(f)
	case len(s.Silences) >= MaxSilences:
		s.overflow("silences")
	default:
		s.Silences = append(s.Silences, q)
	}
}

// wakeSilenced tells at once what the silence that was lifted still held back.
func (s *State) wakeSilenced(f Fact) {
	for _, t := range slices.Clone(s.Pending) {
		if t.Held && t.Ready.After(f.Time) {
			s.hasten(t, f.Time)
		}
	}
}

// HeldBack returns how many notices a silence has kept back so far.
func (s *State) HeldBack(id string) int { return s.Held[id] }

// forgetSilences drops silences of the running daemon, and what was counted for them.
func (s *State) forgetSilences(which func(Silence) bool) {
	s.Silences = slices.DeleteFunc(s.Silences, func(q Silence) bool {
		if which(q) {
			delete(s.Held, q.ID)
			return true
		}
		return false
	})
}
