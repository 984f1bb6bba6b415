package was

import (
	"strings"
	"time"
)

// LossQuiet is how long after it was told that a channel lost notices the next ones are
// gathered: a mailbox that is gone refuses every mail.
const LossQuiet = time.Hour

// alarm is what the other channels know of one that is in trouble. It is told once that
// it cannot be reached, once that notices were lost on it, and once that it works again.
type alarm struct {
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

// isAlarm reports whether the notice is about a channel. The loss of one is counted but
// not told: two broken channels would tell of each other for ever.
func (n Notice) isAlarm() bool { return strings.HasPrefix(n.Proxy, alarmProxy) }

// lose notes a notice that nobody, or not everybody, will get.
func (a *alarm) lose(n Notice, f Fact) {
	if n.isAlarm() {
		return
	}
	if a.Lost++; a.Lost == 1 {
		a.LostAt, a.Example, a.Cause = f.Time, n.Subject, f.Error
	}
}

// works takes note of a delivery. It ends the trouble, unless that is only of recipients
// who refuse, and some still do.
func (s *State) works(f Fact, k *contact) {
	k.Failing = time.Time{}
	if k.Incident == "" || f.Error != "" && !k.Told {
		return
	}
	what := "takes notices again after " + lasted(f.Time.Sub(k.Since))
	if n := s.waits(f.Channel); n > 0 {
		what += ", " + plural(n, "notice that waited goes out now", "notices that waited go out now")
	}
	n := k.notice(f.Channel, f.Time)
	n.Kind, n.Severity, n.Closed = Recovery, Normal, f.Time
	s.raise(f.Channel, n, "UP", what)
	k.alarm = alarm{Lost: k.Lost, LostAt: k.LostAt, Example: k.Example, Cause: k.Cause, LossTold: k.LossTold}
}

// alarmAt returns when there is something to tell of the channel; zero: nothing is.
func (s *State) alarmAt(k *contact) time.Time {
	var at time.Time
	if !k.Failing.IsZero() && !k.Told && s.policy.ChannelAlarm > 0 {
		at = k.Failing.Add(s.policy.ChannelAlarm)
	}
	if k.Lost > 0 {
		next := k.LostAt
		if !k.LossTold.IsZero() {
			next = later(next, k.LossTold.Add(LossQuiet))
		}
		if at.IsZero() || next.Before(at) {
			at = next
		}
	}
	return at
}

// nextAlarm returns when there is next something to tell of a channel; zero: never.
func (s *State) nextAlarm() time.Time {
	var next time.Time
	for _, c := range s.policy.Channels {
		if k := s.Contacts[c.Name]; k != nil {
			if at := s.alarmAt(k); !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// alarms tells what there is to tell of the channels at now.
func (s *State) alarms(now time.Time) {
	for _, c := range s.policy.Channels {
		k := s.Contacts[c.Name]
		if k == nil {
			continue
		}
		if at := s.alarmAt(k); at.IsZero() || at.After(now) {
			continue
		}
		if k.Lost > 0 && (k.LossTold.IsZero() || !k.LossTold.Add(LossQuiet).After(now)) {
			s.tellLoss(c.Name, k, now)
			continue
		}
		s.tellFailing(c.Name, k, now)
	}
}

func (s *State) tellFailing(channel string, k *contact, now time.Time) {
	what := "cannot be told for " + lasted(now.Sub(k.Failing))
	if n := s.waits(channel); n > 0 {
		what += ", " + plural(n, "notice waits", "notices wait")
	}
	s.openTrouble(channel, k, k.Failing)
	k.Told = true
	n := k.notice(channel, now)
	s.raise(channel, n, "BLIND", what+": "+k.Error)
}

func (s *State) tellLoss(channel string, k *contact, now time.Time) {
	what := "gave up on " + k.Example
	if k.Lost > 1 {
		what += " and " + plural(k.Lost-1, "notice", "notices") + " more"
	}
	what += ": " + k.Cause
	s.openTrouble(channel, k, k.LostAt)
	k.Lost, k.LostAt, k.Example, k.Cause, k.LossTold = 0, time.Time{}, "", "", now
	n := k.notice(channel, now)
	s.raise(channel, n, "BLIND", what)
}

// openTrouble opens the trouble, unless it is open already.
func (s *State) openTrouble(channel string, k *contact, since time.Time) {
	if k.Incident == "" {
		k.Since = since
		k.Incident = shortID("channel", channel, since.UTC().Format(time.RFC3339Nano))
	}
}

// notice is the next notice about a channel, but for its words. What is told in the
// same moment, after a standstill, has an id of its own all the same.
func (k *contact) notice(channel string, now time.Time) Notice {
	n := k.trouble(channel, now)
	n.ID = shortID("notice", k.Incident, k.Steps)
	k.Steps++
	if k.First == "" {
		k.First = n.ID
	}
	n.First = k.First
	return n
}

// trouble is what all notices about the trouble of a channel say.
func (k *contact) trouble(channel string, now time.Time) Notice {
	return Notice{
		Kind: Blind, Severity: Alert, Incident: k.Incident,
		Proxy: alarmProxy + channel, Time: now, Opened: k.Since,
	}
}

// raise tells all channels but the one it is about. Routes do not matter: they are about
// servers, and whoever still hears us must know who does not.
func (s *State) raise(channel string, n Notice, mark, what string) {
	k := s.contact(channel)
	n.Parts = []Part{k.part(n)}
	sc := Scene{Notice: n, Mark: mark, What: oneLine(what, maxAlarm), Lasted: n.Time.Sub(n.Opened)}
	if k.Error != "" {
		sc.Lines = []Line{{Time: k.Erred, Tag: "haproxy-alert", Text: channel + ": " + k.Error}}
	}
	n.Subject, n.Body, n.HTML = s.policy.Words.write(sc)
	d := Decision{Time: n.Time, Key: n.Proxy, Kind: n.Kind, Notice: n}
	for _, c := range s.policy.Channels {
		if c.Name != channel {
			d.Channels = append(d.Channels, c.Name)
			s.enqueue(c.Name, n, nil)
		}
	}
	if len(d.Channels) == 0 {
		d.Rule = "no other channel"
		s.unheard = append(s.unheard, n)
	}
	if s.trace != nil {
		s.trace(d)
	}
}

// part is what a notice about a channel says to peers that keep a state of their own.
func (k *contact) part(n Notice) Part {
	p := Part{
		Incident: n.Incident, Key: n.Proxy, Proxy: n.Proxy, Kind: n.Kind, Severity: Alert,
		Opened: n.Opened, Closed: n.Closed, Reason: k.Error,
	}
	if !n.Closed.IsZero() {
		p.Ended = up.word()
	}
	return p
}

// troubles are those of the other channels that a channel was told of and that go on.
func (s *State) troubles(channel string) []Part {
	var parts []Part
	for _, c := range s.policy.Channels {
		if k := s.Contacts[c.Name]; k != nil && k.Incident != "" && c.Name != channel {
			parts = append(parts, k.part(k.trouble(c.Name, s.Now)))
		}
	}
	return parts
}

// maxAlarm is how many runes are told of what a peer said.
const maxAlarm = 300

// waits is how many notices wait for a channel, with those that a digest stands for.
func (s *State) waits(channel string) int {
	if q := s.Queues[channel]; q != nil {
		return q.count()
	}
	return 0
}

// TakeUnheard returns the alarms about channels that no other channel could be told
// since the last call.
func (s *State) TakeUnheard() []Notice {
	unheard := s.unheard
	s.unheard = nil
	return unheard
}
