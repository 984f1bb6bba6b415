package alert

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"haproxy-alert/parse"
)

// The same line often reaches us several times: stock configurations log to local0
// and to local1, a load balancer logs by UDP and by a ring, two relays forward it,
// some versions repeat a line through log tcp@. Fast toggles, on the other hand,
// write lines that are alike to the byte within one second. So copies are told by
// how they arrive, never by text and time alone: each path (listener, sender,
// facility, tag) carries a process's lines about a server in their order, and a line
// is a copy when it is the next one of a trail that another path laid.

const (
	// CopyWindow is how long after a line its copies are recognised at least; twice
	// as long at the most. What a relay brings later is taken for new.
	CopyWindow = 30 * time.Second
	// MaxTrail is how many lines a trail keeps; older ones are forgotten.
	MaxTrail = 64
	// MaxPaths is how many ways one trail may come by. Lines of a further path are
	// taken as they are, none for a copy.
	MaxPaths = 32
)

// trail is what one process wrote about one server of late, in order.
type trail struct {
	Steps []trailStep
	// Gone is how many steps were forgotten; Paths says for each path which step,
	// counted with these, it brings next.
	Gone  int            `json:",omitempty"`
	Paths map[string]int // by path
}

// trailStep is one line and how often it arrived.
type trailStep struct {
	Event    parse.Event
	Text     string
	At       time.Time
	Arrivals int
}

// isCopy reports whether the line arrived before by another path, or just before by
// the same one, and counts the arrival.
func (s *State) isCopy(f Fact) bool {
	t := s.Trails.at(f)
	if t == nil {
		return false
	}
	path := pathOf(f.Source)
	next, known := t.Paths[path]
	if !known && len(t.Paths) >= MaxPaths {
		return false
	}
	k := t.find(f, max(0, next-t.Gone), known)
	if k >= 0 {
		t.Steps[k].Arrivals++
		t.Paths[path] = t.Gone + k + 1
		return true
	}
	t.add(f)
	t.Paths[path] = t.Gone + len(t.Steps)
	return false
}

// find returns the step that the line is a copy of, or -1. A path brings the steps
// in their order from the given one on; it may have lost some. It may also repeat its
// latest step, with the same time in the header.
func (t *trail) find(f Fact, from int, known bool) int {
	if k := slices.IndexFunc(t.Steps[from:], func(st trailStep) bool { return st.is(f) }); k >= 0 {
		return from + k
	}
	if known && from > 0 && t.Steps[from-1].is(f) && t.Steps[from-1].At.Equal(f.At) {
		return from - 1
	}
	return -1
}

// is reports whether the step and the line say the same. One that was cut by a
// length limit says what the other one begins with.
func (st trailStep) is(f Fact) bool {
	switch {
	case st.Event == f.Event:
		return true
	case f.Event.Truncated:
		return strings.HasPrefix(st.Text, f.Text)
	case st.Event.Truncated:
		return strings.HasPrefix(f.Text, st.Text)
	}
	return false
}

func (t *trail) add(f Fact) {
	if len(t.Steps) >= MaxTrail {
		t.Steps = slices.Delete(t.Steps, 0, 1)
		t.Gone++
	}
	t.Steps = append(t.Steps, trailStep{f.Event, f.Text, f.At, 1})
}

// trails are those of the current stretch of CopyWindow and of the one before. A
// trail that is used moves on; one that is not is dropped with its stretch.
type trails struct {
	Begun         time.Time
	Current, Past map[string]*trail
}

// at returns the trail of the line's process and server, nil when the bound of
// trails is reached: then nothing is taken for a copy.
func (ts *trails) at(f Fact) *trail {
	ts.turn(f.Time)
	key := strings.Join([]string{f.Source.Observer(), strconv.Itoa(f.Source.PID), f.Event.Key()}, "\x00")
	if t := ts.Current[key]; t != nil {
		return t
	}
	t := ts.Past[key]
	if t == nil {
		t = &trail{Paths: map[string]int{}}
	}
	if len(ts.Current) >= MaxServers {
		return nil
	}
	delete(ts.Past, key)
	ts.Current[key] = t
	return t
}

func (ts *trails) turn(now time.Time) {
	switch age := now.Sub(ts.Begun); {
	case ts.Current == nil || age >= 2*CopyWindow:
		*ts = trails{now, map[string]*trail{}, nil}
	case age >= CopyWindow:
		*ts = trails{now, map[string]*trail{}, ts.Current}
	}
}

// pathOf names the way a line came by. The process behind it is part of the trail.
func pathOf(s Source) string {
	return strings.Join([]string{s.Listener, s.Peer, s.Tag, strconv.Itoa(s.Facility), strconv.FormatBool(s.Copy)}, "\x00")
}
