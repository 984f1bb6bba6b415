package was

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rate is how many notices a channel may be told within a time; the zero Rate is no
// limit. Count is at most MaxRate.
type Rate struct {
	Count int
	Per   time.Duration
}

// MaxRate bounds the times that are kept to count by.
const MaxRate = 10_000

var rateUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// UnmarshalText reads "30/h", "5/m", "100/d"; "0" is no limit.
func (r *Rate) UnmarshalText(text []byte) error {
	count, unit, _ := strings.Cut(string(text), "/")
	n, err := strconv.Atoi(count)
	per, known := rateUnits[unit]
	switch {
	case string(text) == "0":
		*r = Rate{}
		return nil
	case err != nil || !known || n < 1:
		return fmt.Errorf(`want a rate such as "30/h", "5/m" or "0" for no limit, not %q`, text)
	case n > MaxRate:
		return errors.New("want at most " + strconv.Itoa(MaxRate))
	}
	*r = Rate{n, per}
	return nil
}

// String writes the rate as the configuration does; empty: no limit.
func (r Rate) String() string {
	for unit, per := range rateUnits {
		if per == r.Per && r.Count > 0 {
			return strconv.Itoa(r.Count) + "/" + unit
		}
	}
	return ""
}

// within returns those of the times that still count at now.
func (r Rate) within(sent []time.Time, now time.Time) []time.Time {
	k := 0
	for k < len(sent) && !sent[k].Add(r.Per).After(now) {
		k++
	}
	return sent[k:]
}

// next returns when the next notice may go out after those that were sent. Half of what
// is allowed may go at once; what is left is spread over the rest of the time, so that
// who has used up their rate still hears something soon.
func (r Rate) next(sent []time.Time, now time.Time) time.Time {
	sent = r.within(sent, now)
	used := len(sent)
	switch {
	case r.Count == 0 || used < (r.Count+1)/2:
		return now
	case used >= r.Count:
		return sent[used-r.Count].Add(r.Per)
	}
	last, free := sent[used-1], sent[0].Add(r.Per)
	return later(now, last.Add(free.Sub(last)/time.Duration(r.Count-used+1)))
}

// rate returns what the policy says of a channel.
func (s *State) rate(channel string) Rate {
	for _, c := range s.policy.Channels {
		if c.Name == channel {
			return c.Rate
		}
	}
	return Rate{}
}

// count notes a delivery for Rate.
func (s *State) count(channel string, k *contact) {
	r := s.rate(channel)
	if r.Count == 0 {
		k.Sent = nil
		return
	}
	k.Sent = append(slices.Clone(r.within(k.Sent, s.Now)), s.Now)
}

// pace holds the first notice back until the channel's rate lets it go, and folds what
// waits behind it into one. It is called when nothing of the channel is in flight.
func (s *State) pace(channel string, now time.Time) {
	q, r := s.Queues[channel], s.rate(channel)
	if q == nil || len(q.Waiting) == 0 || r.Count == 0 {
		return
	}
	head := &q.Waiting[0]
	at := r.next(s.contact(channel).Sent, now)
	if head.Paced = at.After(now); head.Paced {
		head.Next = later(head.Next, at)
		s.foldAll(channel, q)
	}
}
