package was

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// bundle is one notice in the making: a turn, or many that are told in one.
type bundle struct {
	turns []turn
	due   time.Time // of all that are sealed with it
	verdict
}

// compare orders bundles by how the first turn of each ended.
func (b bundle) compare(other bundle) int { return b.turns[0].last() - other.turns[0].last() }

// bundles returns what the first n transitions are told as, in their order.
func (s *State) bundles(n int) []bundle {
	var out []bundle
	gathered := map[string]int{} // index in out, by what may be told in one
	latest := map[string]int{}   // index in out, by key: no later turn of it is told before
	for _, b := range s.turns(n) {
		u := b.turns[0]
		i := s.Incidents[s.Pending[u.last()].Incident]
		key := s.together(u) + "\x00" + b.rule + "\x00" + strings.Join(b.to, "\x00")
		if at, ok := gathered[key]; ok && key[0] != 0 && at >= latest[i.Key] {
			out[at].turns = append(out[at].turns, u)
			latest[i.Key] = at
			continue
		}
		gathered[key], latest[i.Key] = len(out), len(out)
		out = append(out, b)
	}
	return s.unbundle(out)
}

// unbundle takes bundles apart that are too small for a digest.
func (s *State) unbundle(all []bundle) []bundle {
	var out []bundle
	for _, b := range all {
		if s.policy.Digest > 0 && len(b.turns) > 1 && s.breadth(b) >= s.policy.Digest {
			out = append(out, b)
			continue
		}
		for _, u := range b.turns {
			out = append(out, bundle{[]turn{u}, b.due, b.verdict})
		}
	}
	slices.SortFunc(out, bundle.compare)
	return out
}

// breadth is how many servers and proxies a bundle tells of, with those told along.
func (s *State) breadth(b bundle) int {
	n := len(b.turns)
	for _, u := range b.turns {
		n += len(s.Incidents[s.Pending[u.last()].Incident].Along)
	}
	return n
}

// together names the turns that may share a notice: beginnings of outages, of planned
// work, the ends of either, and those that began and ended.
func (s *State) together(u turn) string {
	st := s.Pending[u.last()].Step
	i := s.Incidents[s.Pending[u.last()].Incident]
	word := "outage"
	if i.apart() && i.Matter != limited {
		return ""
	}
	if i.Matter == limited {
		word = "limit"
	}
	if i.Planned {
		word = "work"
	}
	switch {
	case st == problem || st == relapse:
		return word
	case st == recovery && i.EndCause != up.word():
		return ""
	case st == calm && i.Lull.IsZero():
		return "still down"
	case s.blip(u):
		return word + " over"
	}
	return word + " " + strconv.Itoa(int(st))
}

// seal turns the first n transitions into notices, queues them, and returns the
// incidents that closed with it.
func (s *State) seal(n int, now time.Time) []Incident {
	if n == 0 {
		return nil
	}
	var closed []Incident
	all := s.bundles(n)
	notices, words := make([]Notice, len(all)), make([]*phrase, len(all))
	for k, b := range all {
		notices[k], words[k] = s.compose(b, all[:k])
	}
	sealed := slices.Clone(s.Pending[:n])
	s.Pending = slices.Delete(s.Pending, 0, n)
	s.nextDue = time.Time{}
	for _, t := range sealed {
		s.Incidents[t.Incident].unmark(t)
		s.toldEmpty(t, all[0].due)
	}
	for k, b := range all {
		s.decide(b, notices[k], words[k], sealed)
		for _, p := range slices.Concat(b.turns...) {
			closed = append(closed, s.sealed(sealed[p], b, notices[k], now)...)
		}
	}
	for _, t := range sealed {
		s.tidy(s.Incidents[t.Incident])
	}
	s.swell(all)
	return closed
}

// decide queues a notice for those who are told, and leaves a trace of it.
func (s *State) decide(b bundle, n Notice, words *phrase, sealed []transition) {
	if s.trace != nil {
		words.say(&n)
	}
	for _, c := range b.to {
		s.enqueue(c, n, words)
	}
	if len(b.to) == 0 {
		s.Suppressed++
	}
	if b.silence != "" {
		s.Held[b.silence]++
	}
	if s.trace == nil {
		return
	}
	for _, u := range b.turns {
		t := sealed[u.last()]
		i := s.Incidents[t.Incident]
		s.trace(Decision{
			Time: b.due, Key: i.Key, Along: keysOf(s.along(i)), Kind: i.noticeKind(t.Step),
			Notice: n, Channels: b.to, Rule: b.rule,
		})
	}
}

// Decision is what became of a notice: who is told, or which rule kept it back.
type Decision struct {
	Time     time.Time
	Key      string     // of the incident; of each that a digest tells of
	Along    []string   // the keys of the incidents it tells along
	Kind     NoticeKind // of what is told of the incident; the notice may be a digest
	Notice   Notice
	Channels []string
	Rule     string
	// Instead are the notices in whose place this one is told on its channels.
	Instead []string
}

// Trace has fn called with each decision, for `why`. It is no part of a checkpoint.
func (s *State) Trace(fn func(Decision)) { s.trace = fn }

// sealed does to the incident what its telling means.
func (s *State) sealed(t transition, b bundle, n Notice, now time.Time) []Incident {
	i := s.Incidents[t.Incident]
	told := len(b.to) > 0
	if i.Event.Via != "" {
		s.Orphans = map[string][]string{} // what is sealed is told: too late to be taken along
	}
	if told && s.opens(t) {
		s.drop(i.ID, step.begins) // a silence may still hold it
		i.Told, i.To = true, b.to
		i.First = n.First
	}
	switch {
	case i.settles(t.Step):
		return s.settleMatter(i, t.Due)
	case (t.Step.begins() || t.Step == relapse) && !told && !b.again.IsZero() && i.open():
		s.arm(i, t.Step, t.At, b.again, b.again)
		s.holdLast(i.ID, t.Step)
	case t.Step == calm:
		return s.calmed(i, t)
	case t.Step == unknown:
		i.Unknown, i.Doubted = true, t.Due
		s.disarmStep(i.ID, reminder)
		return nil
	}
	s.remindLater(i, t, now)
	return nil
}

// holdLast marks the transition that a silence holds, so that lifting it finds it.
func (s *State) holdLast(incident string, st step) {
	if t := s.pending(incident, func(have step) bool { return have == st }); t != nil {
		t.Held = true
	}
}

// letGo drops a relapse that a silence still holds: it is over.
func (s *State) letGo(incident string) {
	t := s.pending(incident, func(have step) bool { return have == relapse })
	if t != nil && t.Held {
		s.disarmStep(incident, relapse)
		s.Incidents[incident].LetGo = true
	}
}

// remindLater arms the next reminder of an outage that goes on. After a long sleep
// there is one, not one for each that was missed.
func (s *State) remindLater(i *incident, t transition, now time.Time) {
	every := s.timing(i).Remind
	if every <= 0 || !i.open() || !i.Told || i.Planned || i.Flapping || i.Unknown || s.armedStep(i.ID, reminder) {
		return
	}
	next := t.Due.Add(every)
	for !next.After(now) {
		next = next.Add(every)
	}
	s.arm(i, reminder, i.Opened, next, next)
}
