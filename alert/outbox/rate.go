package outbox

import (
	"slices"
	"time"

	"haproxy-alert/alert"
)

// rate returns what the policy says of a channel.
func (o *Outbox) rate(channel string) alert.Rate {
	for _, c := range o.policy.Channels {
		if c.Name == channel {
			return c.Rate
		}
	}
	return alert.Rate{}
}

// count notes a delivery for Rate.
func (o *Outbox) count(channel string, h *ChannelHealth) {
	r := o.rate(channel)
	if r.Count == 0 {
		h.Sent = nil
		return
	}
	h.Sent = append(slices.Clone(r.Within(h.Sent, o.Now)), o.Now)
}

// throttle holds the first notice back until the channel's rate lets it go, and folds what
// waits behind it into one. It is called when nothing of the channel is in flight.
func (o *Outbox) throttle(channel string, now time.Time) {
	q, r := o.Queues[channel], o.rate(channel)
	if q == nil || len(q.Waiting) == 0 || r.Count == 0 {
		return
	}
	head := &q.Waiting[0]
	at := r.Next(o.channel(channel).Sent, now)
	if head.Paced = at.After(now); head.Paced {
		head.Next = alert.Later(head.Next, at)
		o.mergeAll(channel, q)
	}
}
