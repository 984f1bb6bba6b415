package route

import (
	"slices"
	"time"

	"haproxy-alert/alert"
)

// MaxSilences is how many silences the running daemon keeps besides those of its
// configuration.
const MaxSilences = 1000

// Silenced returns the silence that keeps a notice about the subject back, or nil.
func (r *Router) Silenced(s alert.Subject, at time.Time) *alert.Silence {
	for _, list := range [...][]alert.Silence{r.policy.Silences, r.Silences} {
		for k := range list {
			if list[k].Active(at) && list[k].Match.Takes(s, at) {
				return &list[k]
			}
		}
	}
	return nil
}

// List returns the silences in force or to come at now: those of the policy first, then
// those of the running daemon.
func (r *Router) List(now time.Time) []alert.Silence {
	var all []alert.Silence
	for _, q := range slices.Concat(r.policy.Silences, r.Silences) {
		if q.Until.IsZero() || now.Before(q.Until) {
			all = append(all, q)
		}
	}
	return all
}

// Configured reports whether the silence of that id is one of the policy's, which no
// command ends.
func (r *Router) Configured(id string) bool {
	return slices.ContainsFunc(r.policy.Silences, func(q alert.Silence) bool { return q.ID == id })
}

// Operate takes an operator's command about silences, and reports whether one was lifted.
// It forgets those that are over.
func (r *Router) Operate(f alert.Fact) (lifted bool) {
	q := f.Silence
	r.forget(func(old alert.Silence) bool {
		over := !old.Until.IsZero() && old.Until.Before(f.Time)
		return over || old.ID == q.ID
	})
	switch {
	case q.ID == "":
	case f.Expire:
		return true
	case len(r.Silences) >= MaxSilences:
		r.overflow.Add("silences")
	default:
		r.Silences = append(r.Silences, q)
	}
	return false
}

// forget drops silences of the running daemon, and what was counted for them.
func (r *Router) forget(which func(alert.Silence) bool) {
	r.Silences = slices.DeleteFunc(r.Silences, func(q alert.Silence) bool {
		if which(q) {
			delete(r.Held, q.ID)
			return true
		}
		return false
	})
}
