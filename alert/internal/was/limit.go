package was

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// DefaultLimitQuiet is how long after the latest line about a limit it counts as over.
const DefaultLimitQuiet = 10 * time.Minute

// limitKey begins the key of a limit: "limit process-fd lb1 fe_http". A limit is that of
// one machine: each load balancer has its own, whatever group_by says of servers.
const limitKey = "limit "

// takeLimit takes a line about a limit that HAProxy reached. It may come at each
// connection that HAProxy cannot take, and none says that it is over.
func (s *State) takeLimit(f Fact) {
	i, fresh := s.matterOf(limitKeyOf(f), f.Name(), limited, f)
	if i == nil {
		return
	}
	if fresh {
		l := limitOf(f.Event)
		i.Severity, i.Reason = l.severity, l.words
		s.arm(i, problem, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
	}
	s.watch(i, f, s.policy.LimitQuiet)
}

func limitKeyOf(f Fact) string {
	key := limitKey + limitOf(f.Event).name + " "
	if o := f.Source.Observer(); o != "" && o != f.Name() {
		key += o + " "
	}
	return key + f.Name()
}

func (i *incident) limitWhat(st step) string {
	l := limitOf(i.Event)
	switch {
	case st == over:
		return l.words + " not reported any more"
	case st == reminder:
		return l.words
	case !strings.HasSuffix(l.words, "limit"):
		_, fault, _ := strings.Cut(i.Lines[0].Text, l.words+": ") // of row P21c
		return l.words + ": " + cmp.Or(fault, l.look)
	case i.Event.Count.Said:
		return fmt.Sprintf("%s reached at %d: %s", l.words, i.Event.Count.Value, l.look)
	}
	return l.words + " reached: " + l.look
}

// limitsSummary says what a digest of limits tells of each.
func limitsSummary(n int, st step) string {
	switch limits := plural(n, "limit", "limits"); st {
	case over:
		return limits + " not heard of any more"
	case reminder:
		return limits + " still reached"
	default:
		return limits + " reached"
	}
}

// limitNotes say what to look at, and what nobody will say.
func (s *State) limitNotes(i *incident) []string {
	notes := []string{limitOf(i.Event).note}
	if s.policy.LimitQuiet > 0 {
		notes = append(notes, "No line of HAProxy says that a limit is over: it counts as over when none came for "+
			Duration(s.policy.LimitQuiet)+" (limit_quiet).")
	}
	return notes
}
