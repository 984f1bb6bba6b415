package was

import (
	"slices"
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
	line := stepOf(f)
	k := t.find(line, foot)
	copied := k >= 0
	if !copied {
		k = t.add(line)
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
func (ts *trails) history(f Fact, path uint64) bool {
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
func (t *trail) find(line trailStep, foot *footing) int {
	from := max(0, foot.Next-t.Gone)
	if k := slices.IndexFunc(t.Steps[from:], line.is); k >= 0 {
		return from + k
	}
	behind := t.Steps[:from]
	if fine(line.At) {
		return slices.IndexFunc(behind, func(st trailStep) bool { return st.At == line.At && st.is(line) })
	}
	last := from - 1
	if foot.Next > 0 && last >= 0 && foot.Mark == foot.Others && t.Steps[last].At == line.At && t.Steps[last].is(line) {
		return last
	}
	return -1
}

// fine reports whether a time, in ns, is written in fractions of seconds.
func fine(t int64) bool { return t%int64(time.Second) != 0 }

// sameMoment reports whether two headers can be those of one line. HAProxy formats
// the second it has cached, so whole seconds of one line are equal; fractions it takes
// anew for each target, within a millisecond. What lies further apart is another event,
// however alike: a copy too many is told twice, an outage taken for a copy not at all.
func sameMoment(a, b int64) bool {
	switch {
	case fine(a) && fine(b):
		return time.Duration(a-b).Abs() <= 200*time.Millisecond
	case fine(b):
		a, b = b, a
	case !fine(a):
		return a == b
	}
	ahead := time.Duration(a - b)
	return ahead >= 0 && ahead < 1100*time.Millisecond
}

// passed notes in the trail of the proxy that the path brought a line about it or one
// of its servers, and returns how far the path is there.
func (ts *trails) passed(f Fact, path uint64) *footing {
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
