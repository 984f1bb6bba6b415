package was

import (
	"fmt"
	"slices"
	"time"
)

// Availability is told over these stretches before a notice.
var stretches = [...]struct {
	name string
	long time.Duration
}{{"24 h", 24 * time.Hour}, {"7 d", 7 * 24 * time.Hour}, {"30 d", 30 * 24 * time.Hour}}

// MaxOutages is how many outages a server's ledger keeps; the oldest ones go.
const MaxOutages = 200

// span is one outage in the ledger.
type span struct{ From, To time.Time }

// enter writes a closed outage into the ledger of its server or proxy.
func (s *State) enter(key string, i Incident) {
	if i.Planned || !i.Closed.After(i.Opened) {
		return
	}
	list := s.Ledger[key]
	if list == nil && len(s.Ledger) >= MaxServers {
		s.overflow("availability ledger")
		return
	}
	oldest := i.Closed.Add(-stretches[len(stretches)-1].long)
	list = slices.DeleteFunc(list, func(o span) bool { return o.To.Before(oldest) })
	if list = append(list, span{i.Opened, i.Closed}); len(list) > MaxOutages {
		list = slices.Delete(list, 0, 1)
	}
	s.Ledger[key] = list
}

// sweepLedger drops, once a day, what no stretch reaches any more.
func (s *State) sweepLedger(now time.Time) {
	if now.Sub(s.LedgerSwept) < 24*time.Hour {
		return
	}
	s.LedgerSwept = now
	oldest := now.Add(-stretches[len(stretches)-1].long)
	for key, list := range s.Ledger {
		if list[len(list)-1].To.Before(oldest) {
			delete(s.Ledger, key)
		}
	}
	if s.Since.IsZero() {
		s.Since = now
	}
}

// availability tells how much of each stretch before now the key was not down, as
// far back as we have watched.
func (s *State) availability(i *incident, now time.Time) string {
	var out string
	for _, st := range stretches {
		from := later(now.Add(-st.long), s.Since)
		whole := now.Sub(from)
		if whole < time.Hour { // a few seconds of watching are no percentage
			return ""
		}
		lost := overlap(span{i.Opened, now}, from, now)
		if !i.Closed.IsZero() {
			lost = overlap(span{i.Opened, i.Closed}, from, now)
		}
		for _, o := range s.Ledger[i.Key] {
			if !o.From.Equal(i.Opened) {
				lost += overlap(o, from, now)
			}
		}
		if out != "" {
			out += ", "
		}
		out += fmt.Sprintf("%.2f %% of %s", 100*(1-min(1, float64(lost)/float64(whole))), st.name)
		if from.Equal(s.Since) {
			return out + " (watched for " + Duration(whole) + ")"
		}
	}
	return out
}

func overlap(o span, from, to time.Time) time.Duration {
	from = later(from, o.From)
	if o.To.Before(to) {
		to = o.To
	}
	return max(0, to.Sub(from))
}
