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
	Gone  int `json:",omitempty"`
	Paths map[string]*footing
	// Latest is the time of the latest line that was no copy, and LatestPath brought
	// it; only what is remembered of any process has them.
	Latest     time.Time `json:",omitzero"`
	LatestPath string    `json:",omitempty"`
}

// footing is how far a path has brought a trail.
type footing struct {
	Next int // the step it brings next, counted with those gone
	// Others counts the lines about the proxy's servers it brought, Mark how many
	// they were at its latest step. They are kept in the trail of the proxy itself,
	// whose one sentence, "has no server available!", says nothing of what came
	// between: with a server line between, it is news.
	Others, Mark int
	// Fresh is the Order of the latest line about the proxy and its servers that the
	// path brought first; only the trail of the proxy itself has it.
	Fresh uint64 `json:",omitempty"`
}

// trailStep is one line and how often it arrived.
type trailStep struct {
	Event    parse.Event
	Text     string
	At       time.Time
	Arrivals int
	Order    uint64 // among all lines that were no copies
}

// isCopy reports whether the line arrived before by another path, or just before by
// the same one, and counts the arrival.
func (s *State) isCopy(f Fact) bool {
	path := pathOf(f.Source)
	t := s.Trails.at(f, f.Source.PID, f.Event.Key())
	if t == nil {
		return false
	}
	foot := t.footing(path)
	if foot == nil {
		return false
	}
	over := s.Trails.passed(f, path)
	k := t.find(f, foot)
	copied := k >= 0
	if copied {
		t.Steps[k].Arrivals++
	} else {
		k = t.add(f)
	}
	foot.Next, foot.Mark = t.Gone+k+1, foot.Others
	switch {
	case over == nil:
		return copied
	case copied:
		return !t.Steps[k].heals(f, over)
	case s.Trails.history(f, path):
		return true
	}
	s.Trails.Order++
	t.Steps[k].Order, over.Fresh = s.Trails.Order, s.Trails.Order
	return false
}

// heals reports whether a copy is to be taken all the same: the path that brings it
// brought news just before that belong, in its order, before the step it repeats. What
// those opened, this ends.
func (st *trailStep) heals(f Fact, over *footing) bool {
	switch f.Event.Kind {
	case parse.ServerUp, parse.ServerMaintEnd, parse.ServerDrainEnd:
	default:
		return false
	}
	healing := st.Order < over.Fresh
	over.Fresh = 0
	return healing
}

// history reports whether the line is news no more: another path has brought a later
// one of the same load balancer about the server, or for a line about a proxy about
// any of its servers. One that was lost there and comes late here would open what
// nothing closes, for its end has been taken already. A clock that is put back makes
// no history: its lines come by the same path.
func (ts *trails) history(f Fact, path string) bool {
	t := ts.at(f, anyPID, f.Event.Key())
	if t == nil {
		return false
	}
	behind := t.Latest.Truncate(time.Second).Sub(f.At.Truncate(time.Second))
	if t.LatestPath != path && behind > 0 && behind <= CopyWindow {
		return true
	}
	if f.At.After(t.Latest) || t.LatestPath == path {
		t.Latest, t.LatestPath = f.At, path
	}
	if p := ts.at(f, anyPID, f.Event.Proxy); p != nil && f.Event.Server != "" && f.At.After(p.Latest) {
		p.Latest, p.LatestPath = f.At, path
	}
	return false
}

// anyPID is the process of what is remembered of a load balancer as a whole.
const anyPID = -1

// find returns the step that the line is a copy of, or -1. A path brings the steps
// in their order; it may have lost some. It may also repeat its latest step, or any
// step whose time in the header is written so finely that it cannot be another's.
func (t *trail) find(f Fact, foot *footing) int {
	from := max(0, foot.Next-t.Gone)
	if k := slices.IndexFunc(t.Steps[from:], func(st trailStep) bool { return st.is(f) }); k >= 0 {
		return from + k
	}
	behind := t.Steps[:from]
	if fine(f.At) {
		return slices.IndexFunc(behind, func(st trailStep) bool { return st.At.Equal(f.At) && st.is(f) })
	}
	last := from - 1
	if foot.Next > 0 && last >= 0 && foot.Mark == foot.Others && t.Steps[last].At.Equal(f.At) && t.Steps[last].is(f) {
		return last
	}
	return -1
}

// fine reports whether a time is written in fractions of seconds.
func fine(t time.Time) bool { return t.Nanosecond() != 0 }

// sameMoment reports whether two headers can be those of one line. HAProxy formats
// the second it has cached, so whole seconds of one line are equal; fractions it takes
// anew for each target, within a millisecond. What lies further apart is another event,
// however alike: a copy too many is told twice, an outage taken for a copy not at all.
func sameMoment(a, b time.Time) bool {
	switch {
	case fine(a) && fine(b):
		return a.Sub(b).Abs() <= 200*time.Millisecond
	case fine(b):
		a, b = b, a
	case !fine(a):
		return a.Equal(b)
	}
	ahead := a.Sub(b)
	return ahead >= 0 && ahead < 1100*time.Millisecond
}

// footing returns how far the path is, nil when the bound of paths is reached.
func (t *trail) footing(path string) *footing {
	foot := t.Paths[path]
	if foot == nil && len(t.Paths) < MaxPaths {
		foot = &footing{}
		t.Paths[path] = foot
	}
	return foot
}

// is reports whether the step and the line say the same. One that was cut by a
// length limit says what the other one begins with.
func (st trailStep) is(f Fact) bool {
	switch {
	case !sameMoment(st.At, f.At):
		return false
	case st.Event == f.Event:
		return true
	case f.Event.Truncated:
		return strings.HasPrefix(st.Text, f.Text)
	case st.Event.Truncated:
		return strings.HasPrefix(f.Text, st.Text)
	}
	return false
}

// add lays a further step and returns its index.
func (t *trail) add(f Fact) int {
	if len(t.Steps) >= MaxTrail {
		t.Steps = slices.Delete(t.Steps, 0, 1)
		t.Gone++
	}
	t.Steps = append(t.Steps, trailStep{f.Event, f.Text, f.At, 1, 0})
	return len(t.Steps) - 1
}

// trails are those of the current stretch of CopyWindow and of the one before. A
// trail that is used moves on; one that is not is dropped with its stretch.
type trails struct {
	Begun         time.Time
	Current, Past map[string]*trail
	Order         uint64 // how many lines were no copies
}

// passed notes in the trail of the proxy that the path brought a line about it or one
// of its servers, and returns how far the path is there.
func (ts *trails) passed(f Fact, path string) *footing {
	t := ts.at(f, f.Source.PID, f.Event.Proxy)
	if t == nil {
		return nil
	}
	foot := t.footing(path)
	if foot != nil && f.Event.Server != "" {
		foot.Others++
	}
	return foot
}

// at returns the trail of a process about a server or proxy, nil when the bound of
// trails is reached: then nothing is taken for a copy.
func (ts *trails) at(f Fact, pid int, about string) *trail {
	ts.turn(f.Time)
	key := strings.Join([]string{f.Source.Observer(), strconv.Itoa(pid), about}, "\x00")
	if t := ts.Current[key]; t != nil {
		return t
	}
	t := ts.Past[key]
	if t == nil {
		t = &trail{Paths: map[string]*footing{}}
	}
	if len(ts.Current) >= 2*MaxServers {
		return nil
	}
	delete(ts.Past, key)
	ts.Current[key] = t
	return t
}

func (ts *trails) turn(now time.Time) {
	switch age := now.Sub(ts.Begun); {
	case ts.Current == nil || age >= 2*CopyWindow:
		*ts = trails{now, map[string]*trail{}, nil, ts.Order}
	case age >= CopyWindow:
		*ts = trails{now, map[string]*trail{}, ts.Current, ts.Order}
	}
}

// pathOf names the way a line came by. The process behind it is part of the trail.
func pathOf(s Source) string {
	return strings.Join([]string{s.Listener, s.Peer, s.Tag, strconv.Itoa(s.Facility), strconv.FormatBool(s.Copy)}, "\x00")
}
