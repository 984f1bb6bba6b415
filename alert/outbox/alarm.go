package outbox

import (
	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
	"time"
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

// alarmProxy begins what stands where a proxy's name does; HAProxy's have no blanks.
const alarmProxy = "channel "

// lose notes a notice that nobody, or not everybody, will get.
func (t *Trouble) lose(n alert.Notice, f alert.Fact) {
	if isTrouble(n) {
		return
	}
	if t.Lost++; t.Lost == 1 {
		t.LostAt, t.Example, t.Cause = f.Time, n.Subject, f.Error
	}
}

// works takes note of a delivery. It ends the trouble, unless that is only of recipients
// who refuse, and some still do.
func (o *Outbox) works(f alert.Fact, k *Contact) {
	k.Failing = time.Time{}
	if k.Incident == "" || f.Error != "" && !k.Told {
		return
	}
	what := "takes notices again after " + alert.Lasted(f.Time.Sub(k.Since))
	if n := o.Waits(f.Channel); n > 0 {
		what += ", " + alert.Plural(n, "notice that waited goes out now", "notices that waited go out now")
	}
	n := k.notice(f.Channel, f.Time)
	n.Kind, n.Severity, n.Closed = alert.Recovery, alert.Normal, f.Time
	o.raise(f.Channel, n, "UP", what)
	k.Trouble = Trouble{Lost: k.Lost, LostAt: k.LostAt, Example: k.Example, Cause: k.Cause, LossTold: k.LossTold}
}

// alarmAt returns when there is something to tell of the channel; zero: nothing is.
func (o *Outbox) alarmAt(k *Contact) time.Time {
	var at time.Time
	if !k.Failing.IsZero() && !k.Told && o.policy.ChannelAlarm > 0 {
		at = k.Failing.Add(o.policy.ChannelAlarm)
	}
	if k.Lost > 0 {
		next := k.LostAt
		if !k.LossTold.IsZero() {
			next = alert.Later(next, k.LossTold.Add(LossQuiet))
		}
		if at.IsZero() || next.Before(at) {
			at = next
		}
	}
	return at
}

// nextAlarm returns when there is next something to tell of a channel; zero: never.
func (o *Outbox) nextAlarm() time.Time {
	var next time.Time
	for _, c := range o.policy.Channels {
		if k := o.Contacts[c.Name]; k != nil {
			if at := o.alarmAt(k); !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// alarms tells what there is to tell of the channels at now.
func (o *Outbox) alarms(now time.Time) {
	for _, c := range o.policy.Channels {
		k := o.Contacts[c.Name]
		if k == nil {
			continue
		}
		if at := o.alarmAt(k); at.IsZero() || at.After(now) {
			continue
		}
		if k.Lost > 0 && (k.LossTold.IsZero() || !k.LossTold.Add(LossQuiet).After(now)) {
			o.tellLoss(c.Name, k, now)
			continue
		}
		o.tellFailing(c.Name, k, now)
	}
}

func (o *Outbox) tellFailing(channel string, k *Contact, now time.Time) {
	what := "cannot be told for " + alert.Lasted(now.Sub(k.Failing))
	if n := o.Waits(channel); n > 0 {
		what += ", " + alert.Plural(n, "notice waits", "notices wait")
	}
	o.openTrouble(channel, k, k.Failing)
	k.Told = true
	n := k.notice(channel, now)
	o.raise(channel, n, "BLIND", what+": "+k.Error)
}

func (o *Outbox) tellLoss(channel string, k *Contact, now time.Time) {
	what := "gave up on " + k.Example
	if k.Lost > 1 {
		what += " and " + alert.Plural(k.Lost-1, "notice", "notices") + " more"
	}
	what += ": " + k.Cause
	o.openTrouble(channel, k, k.LostAt)
	k.Lost, k.LostAt, k.Example, k.Cause, k.LossTold = 0, time.Time{}, "", "", now
	n := k.notice(channel, now)
	o.raise(channel, n, "BLIND", what)
}

// openTrouble opens the trouble, unless it is open already.
func (o *Outbox) openTrouble(channel string, k *Contact, since time.Time) {
	if k.Incident == "" {
		k.Since = since
		k.Incident = alert.ID("channel", channel, since.UTC().Format(time.RFC3339Nano))
	}
}

// notice is the next notice about a channel, but for its words. What is told in the
// same moment, after a standstill, has an id of its own all the same.
func (k *Contact) notice(channel string, now time.Time) alert.Notice {
	n := k.trouble(channel, now)
	n.ID = alert.ID("notice", k.Incident, k.Steps)
	k.Steps++
	if k.First == "" {
		k.First = n.ID
	}
	n.First = k.First
	return n
}

// trouble is what all notices about the trouble of a channel say.
func (k *Contact) trouble(channel string, now time.Time) alert.Notice {
	return alert.Notice{
		Kind: alert.Blind, Severity: alert.Alert, Incident: k.Incident,
		Proxy: alarmProxy + channel, Time: now, Opened: k.Since,
	}
}

// raise tells all channels but the one it is about. Routes do not matter: they are about
// servers, and whoever still hears us must know who does not.
func (o *Outbox) raise(channel string, n alert.Notice, mark, what string) {
	k := o.contact(channel)
	n.Parts = []alert.Part{k.part(n)}
	d := template.Data{Notice: n, Mark: mark, What: alert.OneLine(what, maxAlarm), Lasted: n.Time.Sub(n.Opened)}
	if k.Error != "" {
		d.Lines = []alert.Line{{Time: k.Erred, Tag: "haproxy-alert", Text: channel + ": " + k.Error}}
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
func (k *Contact) part(n alert.Notice) alert.Part {
	p := alert.Part{
		Incident: n.Incident, Key: n.Proxy, Proxy: n.Proxy, Kind: n.Kind, Severity: alert.Alert,
		Opened: n.Opened, Closed: n.Closed, Reason: k.Error,
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
		if k := o.Contacts[c.Name]; k != nil && k.Incident != "" && c.Name != channel {
			parts = append(parts, k.part(k.trouble(c.Name, o.Now)))
		}
	}
	return parts
}

// maxAlarm is how many runes are told of what a peer said.
const maxAlarm = 300

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
