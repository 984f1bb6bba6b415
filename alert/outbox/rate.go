package outbox

import (
	"haproxy-alert/alert"
	"slices"
	"time"
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
func (o *Outbox) count(channel string, k *Contact) {
	r := o.rate(channel)
	if r.Count == 0 {
		k.Sent = nil
		return
	}
	k.Sent = append(slices.Clone(r.Within(k.Sent, o.Now)), o.Now)
}

// pace holds the first notice back until the channel's rate lets it go, and folds what
// waits behind it into one. It is called when nothing of the channel is in flight.
func (o *Outbox) pace(channel string, now time.Time) {
	q, r := o.Queues[channel], o.rate(channel)
	if q == nil || len(q.Waiting) == 0 || r.Count == 0 {
		return
	}
	head := &q.Waiting[0]
	at := r.Next(o.contact(channel).Sent, now)
	if head.Paced = at.After(now); head.Paced {
		head.Next = alert.Later(head.Next, at)
		o.foldAll(channel, q)
	}
}
