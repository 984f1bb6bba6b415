package incident

import (
	"fmt"
	"slices"
	"time"

	"haproxy-alert/alert"
)

// Availability is told over these stretches before a notice.
var stretches = [...]struct {
	name string
	long time.Duration
}{{"24 h", 24 * time.Hour}, {"7 d", 7 * 24 * time.Hour}, {"30 d", 30 * 24 * time.Hour}}

// MaxOutages is how many outages of a server are remembered; the oldest ones go.
const MaxOutages = 200

// History is the outages that ended, of the last 30 days.
type History struct {
	Outages map[string][]Span `json:",omitempty"` // by key, the latest last
	Swept   time.Time         `json:",omitzero"`  // when old ones were dropped
	Since   time.Time         `json:",omitzero"`  // when we began to watch

	overflow alert.Overflow
}

// Span is one outage that ended.
type Span struct{ From, To time.Time }

// enter writes down a closed outage of its server or proxy.
func (h *History) enter(i alert.Incident) {
	if i.Planned || !i.Closed.After(i.Opened) {
		return
	}
	list := h.Outages[i.Key]
	if list == nil && len(h.Outages) >= alert.MaxServers {
		h.overflow.Add("availability ledger")
		return
	}
	oldest := i.Closed.Add(-stretches[len(stretches)-1].long)
	list = slices.DeleteFunc(list, func(o Span) bool { return o.To.Before(oldest) })
	if list = append(list, Span{i.Opened, i.Closed}); len(list) > MaxOutages {
		list = slices.Delete(list, 0, 1)
	}
	h.Outages[i.Key] = list
}

// sweep drops, once a day, what no stretch reaches any more.
func (h *History) sweep(now time.Time) {
	if now.Sub(h.Swept) < 24*time.Hour {
		return
	}
	h.Swept = now
	oldest := now.Add(-stretches[len(stretches)-1].long)
	for key, list := range h.Outages {
		if list[len(list)-1].To.Before(oldest) {
			delete(h.Outages, key)
		}
	}
	if h.Since.IsZero() {
		h.Since = now
	}
}

// Knows reports whether an outage of the key is remembered.
func (h *History) Knows(key string) bool { return len(h.Outages[key]) > 0 }

// EndedWithin reports whether an outage of the key ended within so long before now.
func (h *History) EndedWithin(key string, long time.Duration, now time.Time) bool {
	past := h.Outages[key]
	return len(past) > 0 && now.Sub(past[len(past)-1].To) <= long
}

// Availability tells how much of each stretch before now the incident's server or proxy
// was not down, as far back as we have watched: "99.98 % of 24 h, 100.00 % of 7 d". It is
// empty when we watch for less than an hour.
func (h *History) Availability(i alert.Incident, now time.Time) string {
	var out string
	for _, st := range stretches {
		from := alert.Later(now.Add(-st.long), h.Since)
		whole := now.Sub(from)
		if whole < time.Hour { // a few seconds of watching are no percentage
			return ""
		}
		lost := Span{i.Opened, now}.within(from, now)
		if !i.Closed.IsZero() {
			lost = Span{i.Opened, i.Closed}.within(from, now)
		}
		for _, o := range h.Outages[i.Key] {
			if !o.From.Equal(i.Opened) {
				lost += o.within(from, now)
			}
		}
		if out != "" {
			out += ", "
		}
		out += fmt.Sprintf("%.2f %% of %s", 100*(1-min(1, float64(lost)/float64(whole))), st.name)
		if from.Equal(h.Since) {
			return out + " (watched for " + alert.Duration(whole) + ")"
		}
	}
	return out
}

// within is how much of the outage lies between two times.
func (o Span) within(from, to time.Time) time.Duration {
	from = alert.Later(from, o.From)
	if o.To.Before(to) {
		to = o.To
	}
	return max(0, to.Sub(from))
}
