package was

import (
	"slices"
	"time"
)

// contact is how it goes with one channel, whether anything waits for it or not.
type contact struct {
	// Failing is since when every attempt has failed; zero when the last one did not.
	Failing time.Time `json:",omitzero"`
	// Error is what the peer, or the way to it, said last; Erred is when.
	Error string    `json:",omitempty"`
	Erred time.Time `json:",omitzero"`
	// Last is when a notice was taken last. Delivered, Refused and GaveUp count notices,
	// Partly those of Delivered that some recipients refused for good, and Folded those
	// told within another one.
	Last                                       time.Time `json:",omitzero"`
	Delivered, Partly, Refused, GaveUp, Folded int       `json:",omitempty"`
	// Sent are the times of the deliveries that Rate counts.
	Sent []time.Time `json:",omitempty"`
	// Moved are the notices told within another one: conversations go on with that.
	Moved []moved `json:",omitempty"`
	alarm
}

// moved says which notice stands for another.
type moved struct{ From, To string }

// maxMoved bounds Moved. Of a conversation that is forgotten a later mail answers one
// that nobody has: it stands by itself, and still says all.
const maxMoved = 1000

func (s *State) contact(channel string) *contact {
	k := s.Contacts[channel]
	if k == nil {
		k = &contact{}
		if s.Contacts == nil {
			s.Contacts = map[string]*contact{}
		}
		s.Contacts[channel] = k
	}
	return k
}

// move has the conversations of one notice go on with another.
func (k *contact) move(from, to string) {
	for n := range k.Moved {
		if k.Moved[n].To == from {
			k.Moved[n].To = to
		}
	}
	if k.Moved = append(k.Moved, moved{from, to}); len(k.Moved) > maxMoved {
		k.Moved = slices.Delete(k.Moved, 0, len(k.Moved)-maxMoved)
	}
}

// standsFor returns the notice that was told in place of another, or that one.
func (k *contact) standsFor(id string) string {
	for _, m := range slices.Backward(k.Moved) {
		if m.From == id {
			return m.To
		}
	}
	return id
}

// heard takes note of what became of an attempt.
func (s *State) heard(f Fact, n Notice) {
	k := s.contact(f.Channel)
	f.Error = oneLine(f.Error, maxAlarm)
	switch {
	case f.Error == "":
	case f.Kind == GaveUp && k.Error != "":
		f.Error, k.Erred = f.Error+", last of all "+k.Error, f.Time
	default:
		k.Error, k.Erred = f.Error, f.Time
	}
	switch f.Kind {
	case Delivered:
		k.Delivered++
		k.Last = f.Time
		s.count(f.Channel, k)
		if f.Error != "" {
			k.Partly++
			f.Error = "refused for some: " + f.Error
			k.lose(n, f)
		}
		s.works(f, k)
	case Refused:
		k.Refused++
		k.Failing = time.Time{}
		k.lose(n, f)
	case GaveUp:
		k.GaveUp++
		k.lose(n, f)
	case Failed:
		if k.Failing.IsZero() {
			k.Failing = f.Time
		}
	default:
	}
}

// ChannelStatus is how it goes with one channel.
type ChannelStatus struct {
	Name string `json:"name"`
	// Waiting counts notices, Attempts how often the first of them was tried, and Next
	// is when it is tried again.
	Waiting  int       `json:"waiting"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"`
	Oldest   time.Time `json:"oldest,omitzero"`
	// Failing is since when every attempt failed, Error what was said last.
	Failing time.Time `json:"failing_since,omitzero"`
	Error   string    `json:"last_error,omitempty"`
	Erred   time.Time `json:"last_error_at,omitzero"`
	Last    time.Time `json:"last_delivered,omitzero"`

	Delivered int    `json:"delivered"`
	Partly    int    `json:"partly_refused"`
	Refused   int    `json:"refused"`
	GaveUp    int    `json:"gave_up"`
	Folded    int    `json:"folded"`
	Rate      string `json:"rate,omitempty"`
	// Used is how much of Rate is used up.
	Used int `json:"rate_used,omitempty"`
}

// Channels returns how it goes with each channel of the policy, in its order.
func (s *State) Channels(now time.Time) []ChannelStatus {
	var all []ChannelStatus
	for _, c := range s.policy.Channels {
		st := ChannelStatus{Name: c.Name, Rate: c.Rate.String()}
		if q := s.Queues[c.Name]; q != nil && len(q.Waiting) > 0 {
			head := q.Waiting[0]
			st.Waiting, st.Attempts, st.Next, st.Oldest = q.count(), head.Attempts, head.Next, head.since()
		}
		if k := s.Contacts[c.Name]; k != nil {
			st.Failing, st.Error, st.Erred, st.Last = k.Failing, k.Error, k.Erred, k.Last
			st.Delivered, st.Partly, st.Refused, st.GaveUp, st.Folded = k.Delivered, k.Partly, k.Refused, k.GaveUp, k.Folded
			st.Used = len(c.Rate.within(k.Sent, now))
		}
		all = append(all, st)
	}
	return all
}
