package was

import (
	"slices"
	"strconv"
	"time"
)

// turn is what one notice tells of one server or proxy: its transitions that ripened at
// once and go to the same people, as indexes of Pending in their order. The last one
// says how things stand; an outage that is over before anybody was told of it is one
// notice, not two in the same second.
type turn []int

func (u turn) last() int { return u[len(u)-1] }

// turns returns what the first n transitions are told as, in the order of how each
// turn ended.
func (s *State) turns(n int) []bundle {
	var out []bundle
	due := s.nextRipe()
	told := map[string][]string{} // by incident: an outage and its end can ripen at once
	latest := map[string]int{}    // index in out, by key
	for k, t := range s.Pending[:n] {
		i := *s.Incidents[t.Incident]
		if to, ok := told[i.ID]; ok {
			i.To = to
		}
		v := s.judge(&i, t, due)
		if t.Step.begins() {
			told[i.ID] = v.to
		}
		if at, ok := latest[i.Key]; ok && s.joins(out[at], t, v) {
			out[at].turns[0] = append(out[at].turns[0], k)
			continue
		}
		latest[i.Key] = len(out)
		out = append(out, bundle{[]turn{{k}}, due, v})
	}
	slices.SortFunc(out, bundle.compare)
	return out
}

// joins reports whether a transition is told with the earlier ones of its key: the same
// people hear of it, and both say how things stand with it. That a proxy is back in part
// does not take the place of who went away; an outage and planned work may also go on
// side by side, for two load balancers.
func (s *State) joins(b bundle, t transition, v verdict) bool {
	u := b.turns[0]
	before := s.Pending[u.last()]
	switch {
	case t.Step == back && s.opens(s.Pending[u[0]]):
		return false
	case t.Incident != before.Incident && (before.Step != recovery || !t.Step.begins()):
		return false
	}
	return len(v.to) > 0 && slices.Equal(b.to, v.to) &&
		before.Step.turns() && (t.Step.turns() || t.Step == flapping)
}

// turns reports whether the step says that something went down or came up.
func (st step) turns() bool {
	return st == problem || st == recovery || st == back || st == relapse
}

// story is what a turn of several transitions amounts to.
type story struct {
	known   bool          // people know of an outage that began before
	outages int           // how many began in it
	opened  time.Time     // the first outage that it tells of
	span    time.Duration // from the first moment told to the last
	away    time.Duration // how much of it was outage
	same    bool          // all of it was outage, or all of it planned work
	lines   []Line
}

func (s *State) story(u turn) story {
	first := s.Pending[u[0]]
	st := story{known: !s.opens(first), same: true}
	var seen []string
	for _, k := range u {
		t := s.Pending[k]
		i := s.Incidents[t.Incident]
		st.same = st.same && i.Planned == s.Incidents[first.Incident].Planned
		if t.Step.begins() || t.Step == relapse {
			st.outages++
		}
		if !slices.Contains(seen, i.ID) {
			seen = append(seen, i.ID)
			st.away += i.Duration(t.At)
			st.lines = append(st.lines, i.Lines...)
		}
	}
	st.opened = s.Incidents[first.Incident].Opened
	from := st.opened
	if st.known {
		from = first.At
	}
	st.span = s.Pending[u.last()].At.Sub(from)
	return st
}

// opens reports whether the transition is the first that people hear of an incident: its
// beginning, or a relapse when a silence kept the beginning back.
func (s *State) opens(t transition) bool {
	return t.Step.begins() || t.Step == relapse && !s.Incidents[t.Incident].Told
}

// blip reports whether the turn tells of outages that began and ended in it.
func (s *State) blip(u turn) bool {
	return s.opens(s.Pending[u[0]]) && s.Pending[u.last()].Step == recovery
}

// retell changes the words of the turn's last transition to those of all of it.
func (st story) retell(sc *Scene, i *incident, last step) {
	sc.Lines, sc.Cut = newest(st.lines, sc.Cut)
	sc.Opened = st.opened
	switch {
	case last == flapping || last == back:
	case last == recovery && i.EndCause != up.word():
	case last == recovery && st.known:
		sc.Lasted = max(0, sc.Closed.Sub(st.opened))
		sc.After = " after " + lasted(sc.Lasted)
		if st.outages > 0 {
			sc.After += ", " + i.gone() + " " + times(st.outages) + " more meanwhile"
		}
	case last == recovery:
		sc.What, sc.After = st.wasAway(i), ""
		sc.Lasted = st.away
	default:
		sc.What = st.again(i, sc.What)
	}
}

// wasAway says of an outage that is over how long it was, and why.
func (st story) wasAway(i *incident) string {
	verb := wasGone(i.Server, i.Planned)
	words := verb + " for " + lasted(st.away)
	if st.outages > 1 {
		words = verb + " " + times(st.outages) + ", " + lasted(st.away) + " in all"
	}
	if why := i.why(); why != "" {
		words += ": " + why
	}
	return words
}

// again says of an outage that goes on that it is not the first of late.
func (st story) again(i *incident, what string) string {
	if st.known && st.same {
		what = i.gone() + " again: " + what
	}
	if st.outages > 1 {
		what += ", " + times(st.outages) + " in " + lasted(st.span)
	}
	return what
}

// gone is the word for what it is while the incident is open.
func (i *incident) gone() string {
	if i.Planned {
		return "out"
	}
	return "down"
}

// wasGone says what it was while the incident was open; server is empty for a proxy.
func wasGone(server string, planned bool) string {
	switch {
	case planned:
		return "was out"
	case server == "":
		return "had no server"
	}
	return "was down"
}

// times is "once", "twice", "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// lasted puts a duration in words; logs tell no fractions of a second.
func lasted(d time.Duration) string {
	if d < time.Second {
		return "less than 1s"
	}
	return Duration(d)
}
