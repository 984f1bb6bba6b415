package alert

import (
	"errors"
	"fmt"
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

// Within returns those of the times that still count at now.
func (r Rate) Within(sent []time.Time, now time.Time) []time.Time {
	k := 0
	for k < len(sent) && !sent[k].Add(r.Per).After(now) {
		k++
	}
	return sent[k:]
}

// Next returns when the next notice may go out after those that were sent. Half of what
// is allowed may go at once; what is left is spread over the rest of the time, so that
// who has used up their rate still hears something soon.
func (r Rate) Next(sent []time.Time, now time.Time) time.Time {
	sent = r.Within(sent, now)
	used := len(sent)
	switch {
	case r.Count == 0 || used < (r.Count+1)/2:
		return now
	case used >= r.Count:
		return sent[used-r.Count].Add(r.Per)
	}
	last, free := sent[used-1], sent[0].Add(r.Per)
	return Later(now, last.Add(free.Sub(last)/time.Duration(r.Count-used+1)))
}
