package outbox

import (
	"haproxy-alert/alert"
	"slices"
	"time"
)

// Contact is how it goes with one channel, whether anything waits for it or not.
type Contact struct {
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
	Moved []Moved `json:",omitempty"`
	Trouble
}

// Moved says which notice stands for another.
type Moved struct{ From, To string }

// maxMoved bounds Moved. Of a conversation that is forgotten a later mail answers one
// that nobody has: it stands by itself, and still says all.
const maxMoved = 1000

func (o *Outbox) contact(channel string) *Contact {
	k := o.Contacts[channel]
	if k == nil {
		k = &Contact{}
		if o.Contacts == nil {
			o.Contacts = map[string]*Contact{}
		}
		o.Contacts[channel] = k
	}
	return k
}

// move has the conversations of one notice go on with another.
func (k *Contact) move(from, to string) {
	for n := range k.Moved {
		if k.Moved[n].To == from {
			k.Moved[n].To = to
		}
	}
	if k.Moved = append(k.Moved, Moved{from, to}); len(k.Moved) > maxMoved {
		k.Moved = slices.Delete(k.Moved, 0, len(k.Moved)-maxMoved)
	}
}

// standsFor returns the notice that was told in place of another, or that one.
func (k *Contact) standsFor(id string) string {
	for _, m := range slices.Backward(k.Moved) {
		if m.From == id {
			return m.To
		}
	}
	return id
}

// heard takes note of what became of an attempt.
func (o *Outbox) heard(f alert.Fact, n alert.Notice) {
	k := o.contact(f.Channel)
	f.Error = alert.OneLine(f.Error, maxAlarm)
	switch {
	case f.Error == "":
	case f.Kind == alert.GaveUp && k.Error != "":
		f.Error, k.Erred = f.Error+", last of all "+k.Error, f.Time
	default:
		k.Error, k.Erred = f.Error, f.Time
	}
	switch f.Kind {
	case alert.Delivered:
		k.Delivered++
		k.Last = f.Time
		o.count(f.Channel, k)
		if f.Error != "" {
			k.Partly++
			f.Error = "refused for some: " + f.Error
			k.lose(n, f)
		}
		o.works(f, k)
	case alert.Refused:
		k.Refused++
		k.Failing = time.Time{}
		k.lose(n, f)
	case alert.GaveUp:
		k.GaveUp++
		k.lose(n, f)
	case alert.Failed:
		if k.Failing.IsZero() {
			k.Failing = f.Time
		}
	default:
	}
}

// Status returns how it goes with each channel of the policy, in its order.
func (o *Outbox) Status(now time.Time) []alert.ChannelStatus {
	var all []alert.ChannelStatus
	for _, c := range o.policy.Channels {
		st := alert.ChannelStatus{Name: c.Name, Rate: c.Rate.String()}
		if q := o.Queues[c.Name]; q != nil && len(q.Waiting) > 0 {
			head := q.Waiting[0]
			st.Waiting, st.Attempts, st.Next, st.Oldest = q.count(), head.Attempts, head.Next, head.since()
		}
		if k := o.Contacts[c.Name]; k != nil {
			st.Failing, st.Error, st.Erred, st.Last = k.Failing, k.Error, k.Erred, k.Last
			st.Delivered, st.Partly, st.Refused, st.GaveUp, st.Folded = k.Delivered, k.Partly, k.Refused, k.GaveUp, k.Folded
			st.Used = len(c.Rate.Within(k.Sent, now))
		}
		all = append(all, st)
	}
	return all
}
