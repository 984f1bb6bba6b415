package dedup

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// The same line often reaches us several times: stock configurations log to local0
// and to local1, a load balancer logs by UDP and by a ring, two relays forward it,
// some versions repeat a line through log tcp@. Fast toggles, on the other hand,
// write lines that are alike to the byte within one second. So copies are told by
// how they arrive, never by text and time alone: each path (listener, sender,
// facility, tag) carries a process's lines about a server in their order, and a line
// is a copy when it is the next one of a stream that another path brought.

const (
	// CopyWindow is how long after a line its copies are recognised at least; twice
	// as long at the most. What a relay brings later is taken for new.
	CopyWindow = 30 * time.Second
	// MaxStream is how many lines a stream keeps; older ones are forgotten.
	MaxStream = 64
	// MaxPaths is how many ways one stream may come by. Lines of a further path are
	// taken as they are, none for a copy.
	MaxPaths = 32
)

// IsCopy reports whether the line arrived before by another path, or just before by
// the same one, and counts the arrival.
func (fl *Filter) IsCopy(f alert.Fact) bool {
	path := pathOf(f.Source)
	t := fl.at(f, f.Source.PID, f.Event.Key())
	if t == nil {
		return false
	}
	cur := t.cursor(path)
	if cur == nil {
		return false
	}
	over := fl.passed(f, path)
	ln := lineOf(f)
	k := t.find(ln, cur)
	copied := k >= 0
	if !copied {
		k = t.add(ln)
	}
	cur.Next, cur.Mark = t.Gone+k+1, cur.Others
	switch {
	case over == nil:
		return copied
	case copied:
		return !t.Steps[k].heals(f, over)
	case fl.history(f, path):
		return true
	}
	fl.Order++
	t.Steps[k].Order, over.Fresh = fl.Order, fl.Order
	return false
}

// heals reports whether a copy is to be taken all the same: the path that brings it
// brought news just before that belong, in its order, before the step it repeafl. What
// those opened, this ends.
func (st *line) heals(f alert.Fact, over *cursor) bool {
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
func (fl *Filter) history(f alert.Fact, path uint64) bool {
	t := fl.at(f, anyPID, f.Event.Key())
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
	if p := fl.at(f, anyPID, f.Event.Proxy); p != nil && f.Event.Server != "" && f.At.After(p.Latest) {
		p.Latest, p.LatestPath = f.At, path
	}
	return false
}

// anyPID is the process of what is remembered of a load balancer as a whole.
const anyPID = -1

// find returns the step that the line is a copy of, or -1. A path brings the steps
// in their order; it may have lost some. It may also repeat its latest step, or any
// step whose time in the header is written so finely that it cannot be another's.
func (t *Stream) find(ln line, cur *cursor) int {
	from := max(0, cur.Next-t.Gone)
	if k := slices.IndexFunc(t.Steps[from:], ln.is); k >= 0 {
		return from + k
	}
	behind := t.Steps[:from]
	if fine(ln.At) {
		return slices.IndexFunc(behind, func(st line) bool { return st.At == ln.At && st.is(ln) })
	}
	last := from - 1
	if cur.Next > 0 && last >= 0 && cur.Mark == cur.Others && t.Steps[last].At == ln.At && t.Steps[last].is(ln) {
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

// passed notes in the stream of the proxy that the path brought a line about it or one
// of its servers, and returns how far the path is there.
func (fl *Filter) passed(f alert.Fact, path uint64) *cursor {
	t := fl.at(f, f.Source.PID, f.Event.Proxy)
	if t == nil {
		return nil
	}
	cur := t.cursor(path)
	if cur != nil && f.Event.Server != "" {
		cur.Others++
	}
	return cur
}
