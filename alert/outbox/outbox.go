package outbox

import (
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// Outbox is what waits for each channel, and how it goes with each.
type Outbox struct {
	Queues   map[string]*Queue         `json:",omitempty"` // by channel
	Channels map[string]*ChannelHealth `json:",omitempty"` // by channel

	// Now is the time of the latest fact: what was planned before it may be in flight.
	Now time.Time `json:"-"`
	// Trace, when not nil, hears of each notice that is told in place of others, and of
	// each about a channel.
	Trace func(alert.Decision) `json:"-"`

	policy   alert.Policy
	renderer *template.Renderer
	unheard  []alert.Notice // alarms that no channel could be told
}

// Configure gives the outbox, new or out of a checkpoint, what it goes by.
func (o *Outbox) Configure(policy alert.Policy, renderer *template.Renderer) {
	o.policy, o.renderer = policy, renderer
	if o.Queues == nil {
		o.Queues = map[string]*Queue{}
	}
	if o.Channels == nil {
		o.Channels = map[string]*ChannelHealth{}
	}
}

// Take takes what became of an attempt.
func (o *Outbox) Take(f alert.Fact) {
	switch f.Kind {
	case alert.Delivered, alert.Refused, alert.GaveUp:
		o.done(f)
	case alert.Failed:
		o.retryLater(f)
	default:
	}
}

// Elapse tells what there is to tell of the channels at now.
func (o *Outbox) Elapse(now time.Time) { o.troubles(now) }

// Render puts in words what waits.
func (o *Outbox) Render() {
	for _, q := range o.Queues {
		for k := range q.Waiting {
			q.Waiting[k].render()
		}
	}
}
