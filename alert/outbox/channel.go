package outbox

import (
	"slices"
	"time"

	"haproxy-alert/alert"
)

// ChannelHealth is how it goes with one channel, whether anything waits for it or not.
type ChannelHealth struct {
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

// channel returns how it goes with a channel.
func (o *Outbox) channel(name string) *ChannelHealth {
	c := o.Channels[name]
	if c == nil {
		c = &ChannelHealth{}
		o.Channels[name] = c
	}
	return c
}

// redirect has the conversations of one notice go on with another.
func (h *ChannelHealth) redirect(from, to string) {
	for n := range h.Moved {
		if h.Moved[n].To == from {
			h.Moved[n].To = to
		}
	}
	if h.Moved = append(h.Moved, Moved{from, to}); len(h.Moved) > maxMoved {
		h.Moved = slices.Delete(h.Moved, 0, len(h.Moved)-maxMoved)
	}
}

// standIn returns the notice that was told in place of another, or that one.
func (h *ChannelHealth) standIn(id string) string {
	for _, m := range slices.Backward(h.Moved) {
		if m.From == id {
			return m.To
		}
	}
	return id
}

// recordAttempt takes note of what became of an attempt.
func (o *Outbox) recordAttempt(f alert.Fact, n alert.Notice) {
	h := o.channel(f.Channel)
	f.Error = alert.OneLine(f.Error, maxSaid)
	switch {
	case f.Error == "":
	case f.Kind == alert.GaveUp && h.Error != "":
		f.Error, h.Erred = f.Error+", last of all "+h.Error, f.Time
	default:
		h.Error, h.Erred = f.Error, f.Time
	}
	switch f.Kind {
	case alert.Delivered:
		h.Delivered++
		h.Last = f.Time
		o.count(f.Channel, h)
		if f.Error != "" {
			h.Partly++
			f.Error = "refused for some: " + f.Error
			h.lost(n, f)
		}
		o.recovered(f, h)
	case alert.Refused:
		h.Refused++
		h.Failing = time.Time{}
		h.lost(n, f)
	case alert.GaveUp:
		h.GaveUp++
		h.lost(n, f)
	case alert.Failed:
		if h.Failing.IsZero() {
			h.Failing = f.Time
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
		if h := o.Channels[c.Name]; h != nil {
			st.Failing, st.Error, st.Erred, st.Last = h.Failing, h.Error, h.Erred, h.Last
			st.Delivered, st.Partly, st.Refused, st.GaveUp, st.Folded = h.Delivered, h.Partly, h.Refused, h.GaveUp, h.Folded
			st.Used = len(c.Rate.Within(h.Sent, now))
		}
		all = append(all, st)
	}
	return all
}
