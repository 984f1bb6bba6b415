package outbox

import (
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// LossQuiet is how long after it was told that a channel lost notices the next ones are
// gathered: a mailbox that is gone refuses every mail.
const LossQuiet = time.Hour

// Trouble is what the other channels know of one that is in trouble. It is told once that
// it cannot be reached, once that notices were lost on it, and once that it works again.
type Trouble struct {
	// Incident is the trouble, of which First was told first; empty while there is none.
	Incident, First string    `json:",omitempty"`
	Steps           int       `json:",omitempty"` // how often it was told of
	Since           time.Time `json:",omitzero"`
	// Told says that it was told that the channel cannot be reached.
	Told bool `json:",omitempty"`
	// Lost counts what was refused or given up and not told yet; LostAt is when the
	// first was, Example its subject, Cause why. LossTold is when such was told last.
	Lost             int       `json:",omitempty"`
	Example, Cause   string    `json:",omitempty"`
	LostAt, LossTold time.Time `json:",omitzero"`
}

// troubleProxy begins what stands where a proxy's name does; HAProxy's have no blanks.
const troubleProxy = "channel "

// lost notes a notice that nobody, or not everybody, will get.
func (t *Trouble) lost(n alert.Notice, f alert.Fact) {
	if isTrouble(n) {
		return
	}
	if t.Lost++; t.Lost == 1 {
		t.LostAt, t.Example, t.Cause = f.Time, n.Subject, f.Error
	}
}

// recovered takes note of a delivery. It ends the trouble, unless that is only of recipients
// who refuse, and some still do.
func (o *Outbox) recovered(f alert.Fact, h *ChannelHealth) {
	h.Failing = time.Time{}
	if h.Incident == "" || f.Error != "" && !h.Told {
		return
	}
	what := "takes notices again after " + alert.Lasted(f.Time.Sub(h.Since))
	if n := o.Waits(f.Channel); n > 0 {
		what += ", " + alert.Plural(n, "notice that waited goes out now", "notices that waited go out now")
	}
	n := h.notice(f.Channel, f.Time)
	n.Kind, n.Severity, n.Closed = alert.Recovery, alert.Normal, f.Time
	o.tellOthers(f.Channel, n, "UP", what)
	h.Trouble = Trouble{Lost: h.Lost, LostAt: h.LostAt, Example: h.Example, Cause: h.Cause, LossTold: h.LossTold}
}

// troubleAt returns when there is something to tell of the channel; zero: nothing is.
func (o *Outbox) troubleAt(h *ChannelHealth) time.Time {
	var at time.Time
	if !h.Failing.IsZero() && !h.Told && o.policy.ChannelAlarm > 0 {
		at = h.Failing.Add(o.policy.ChannelAlarm)
	}
	if h.Lost > 0 {
		next := h.LostAt
		if !h.LossTold.IsZero() {
			next = alert.Later(next, h.LossTold.Add(LossQuiet))
		}
		if at.IsZero() || next.Before(at) {
			at = next
		}
	}
	return at
}

// nextTrouble returns when there is next something to tell of a channel; zero: never.
func (o *Outbox) nextTrouble() time.Time {
	var next time.Time
	for _, c := range o.policy.Channels {
		if h := o.Channels[c.Name]; h != nil {
			if at := o.troubleAt(h); !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// troubles tells what there is to tell of the channels at now.
func (o *Outbox) troubles(now time.Time) {
	for _, c := range o.policy.Channels {
		h := o.Channels[c.Name]
		if h == nil {
			continue
		}
		if at := o.troubleAt(h); at.IsZero() || at.After(now) {
			continue
		}
		if h.Lost > 0 && (h.LossTold.IsZero() || !h.LossTold.Add(LossQuiet).After(now)) {
			o.tellLoss(c.Name, h, now)
			continue
		}
		o.tellFailing(c.Name, h, now)
	}
}

func (o *Outbox) tellFailing(channel string, h *ChannelHealth, now time.Time) {
	what := "cannot be told for " + alert.Lasted(now.Sub(h.Failing))
	if n := o.Waits(channel); n > 0 {
		what += ", " + alert.Plural(n, "notice waits", "notices wait")
	}
	o.openTrouble(channel, h, h.Failing)
	h.Told = true
	n := h.notice(channel, now)
	o.tellOthers(channel, n, "BLIND", what+": "+h.Error)
}

func (o *Outbox) tellLoss(channel string, h *ChannelHealth, now time.Time) {
	what := "gave up on " + h.Example
	if h.Lost > 1 {
		what += " and " + alert.Plural(h.Lost-1, "notice", "notices") + " more"
	}
	what += ": " + h.Cause
	o.openTrouble(channel, h, h.LostAt)
	h.Lost, h.LostAt, h.Example, h.Cause, h.LossTold = 0, time.Time{}, "", "", now
	n := h.notice(channel, now)
	o.tellOthers(channel, n, "BLIND", what)
}

// openTrouble opens the trouble, unless it is open already.
func (o *Outbox) openTrouble(channel string, h *ChannelHealth, since time.Time) {
	if h.Incident == "" {
		h.Since = since
		h.Incident = alert.ID("channel", channel, since.UTC().Format(time.RFC3339Nano))
	}
}

// notice is the next notice about a channel, but for its words. What is told in the
// same moment, after a standstill, has an id of its own all the same.
func (h *ChannelHealth) notice(channel string, now time.Time) alert.Notice {
	n := h.trouble(channel, now)
	n.ID = alert.ID("notice", h.Incident, h.Steps)
	h.Steps++
	if h.First == "" {
		h.First = n.ID
	}
	n.First = h.First
	return n
}

// trouble is what all notices about the trouble of a channel say.
func (h *ChannelHealth) trouble(channel string, now time.Time) alert.Notice {
	return alert.Notice{
		Kind: alert.Blind, Severity: alert.Alert, Incident: h.Incident,
		Proxy: troubleProxy + channel, Time: now, Opened: h.Since,
	}
}

// tellOthers tells all channels but the one it is about. Routes do not matter: they are about
// servers, and whoever still hears us must know who does not.
func (o *Outbox) tellOthers(channel string, n alert.Notice, mark, what string) {
	h := o.channel(channel)
	n.Parts = []alert.Part{h.part(n)}
	d := template.Data{Notice: n, Mark: mark, What: alert.OneLine(what, maxSaid), Lasted: n.Time.Sub(n.Opened)}
	if h.Error != "" {
		d.Lines = []alert.Line{{Time: h.Erred, Tag: "haproxy-alert", Text: channel + ": " + h.Error}}
	}
	n.Subject, n.Body, n.HTML = o.renderer.Render(d)
	dec := alert.Decision{Time: n.Time, Key: n.Proxy, Kind: n.Kind, Notice: n}
	for _, c := range o.policy.Channels {
		if c.Name != channel {
			dec.Channels = append(dec.Channels, c.Name)
			o.Enqueue(c.Name, n, nil)
		}
	}
	if len(dec.Channels) == 0 {
		dec.Rule = "no other channel"
		o.unheard = append(o.unheard, n)
	}
	if o.Trace != nil {
		o.Trace(dec)
	}
}

// part is what a notice about a channel says to peers that keep a state of their own.
func (h *ChannelHealth) part(n alert.Notice) alert.Part {
	p := alert.Part{
		Incident: n.Incident, Key: n.Proxy, Proxy: n.Proxy, Kind: n.Kind, Severity: alert.Alert,
		Opened: n.Opened, Closed: n.Closed, Reason: h.Error,
	}
	if !n.Closed.IsZero() {
		p.Ended = alert.Up
	}
	return p
}

// Troubles are those of the other channels that a channel was told of and that go on.
func (o *Outbox) Troubles(channel string) []alert.Part {
	var parts []alert.Part
	for _, c := range o.policy.Channels {
		if h := o.Channels[c.Name]; h != nil && h.Incident != "" && c.Name != channel {
			parts = append(parts, h.part(h.trouble(c.Name, o.Now)))
		}
	}
	return parts
}

// maxSaid is how many runes are told of what a peer said.
const maxSaid = 300

// Waits is how many notices wait for a channel, with those that a digest stands for.
func (o *Outbox) Waits(channel string) int {
	if q := o.Queues[channel]; q != nil {
		return q.count()
	}
	return 0
}

// TakeUnheard returns the alarms about channels that no other channel could be told
// since the last call.
func (o *Outbox) TakeUnheard() []alert.Notice {
	unheard := o.unheard
	o.unheard = nil
	return unheard
}
