package dedup

import (
	"slices"
	"time"

	"haproxy-alert/alert"
)

// Stream is what one process wrote about one server of late, in order. There is one for
// every server that a flood names, and every checkpoint has it: so it knows its lines
// by their sums.
type Stream struct {
	Steps []line `json:",omitempty"`
	// Gone is how many steps were forgotten; Paths says for each path which step,
	// counted with these, it brings next.
	Gone  int      `json:",omitempty"`
	Paths []cursor `json:",omitempty"`
	// Latest is the time of the latest line that was no copy, and LatestPath brought
	// it; only what is remembered of any process has them.
	Latest     time.Time `json:",omitzero"`
	LatestPath uint64    `json:",omitempty"`
}

// cursor is how far a path has brought a stream.
type cursor struct {
	Path uint64
	Next int // the step it brings next, counted with those gone
	// Others counts the lines about the proxy's servers it brought, Mark how many
	// they were at its latest step. They are kept in the stream of the proxy itself,
	// whose one sentence, "has no server available!", says nothing of what came
	// between: with a server line between, it is news.
	Others int `json:",omitempty"`
	Mark   int `json:",omitempty"`
	// Fresh is the Order of the latest line about the proxy and its servers that the
	// path brought first; only the stream of the proxy itself has it.
	Fresh uint64 `json:",omitempty"`
}

// line is one line, as a stream knows it.
type line struct {
	At    int64  // its own time, in ns since 1970
	Order uint64 `json:",omitempty"` // among all lines that were no copies
	// Sum is that of the text, Begins those of its kind and as many bytes as beginnings
	// says; 0 when it has not so many. Cut says a length limit cut the text.
	Sum    Sum
	Begins [len(beginnings)]uint32
	Cut    bool `json:",omitempty"`
}

// beginnings are the lengths by which a line that was cut is compared with a whole one.
// Up to the first one, its kind and the server have to do.
var beginnings = [...]int{0, 48, 96}

// lineOf returns the line as a stream keeps it.
func lineOf(f alert.Fact) line {
	st := line{At: f.At.UnixNano(), Cut: f.Event.Truncated}
	st.Sum = newSum(f.Event.Kind.String())
	done := 0
	for k, n := range beginnings {
		if len(f.Text) >= n {
			st.Sum = st.Sum.add(f.Text[done:n])
			st.Begins[k], done = max(1, uint32(st.Sum)), n
		}
	}
	st.Sum = st.Sum.add(f.Text[done:])
	return st
}

// is reports whether two lines say the same. One that was cut by a length limit says
// what the other one begins with.
func (st line) is(other line) bool {
	switch {
	case !sameMoment(st.At, other.At):
		return false
	case st.Cut || other.Cut:
		return st.Sum == other.Sum || st.beginsLike(other)
	}
	return st.Sum == other.Sum
}

func (st line) beginsLike(other line) bool {
	for k, sum := range st.Begins {
		if sum != other.Begins[k] && sum != 0 && other.Begins[k] != 0 {
			return false
		}
	}
	return true
}

// add lays a further step and returns its index.
func (t *Stream) add(st line) int {
	if len(t.Steps) >= MaxStream {
		t.Steps = slices.Delete(t.Steps, 0, 1)
		t.Gone++
	}
	t.Steps = append(t.Steps, st)
	return len(t.Steps) - 1
}

// cursor returns how far the path is, nil when the bound of paths is reached.
func (t *Stream) cursor(path uint64) *cursor {
	for k := range t.Paths {
		if t.Paths[k].Path == path {
			return &t.Paths[k]
		}
	}
	if len(t.Paths) >= MaxPaths {
		return nil
	}
	t.Paths = append(t.Paths, cursor{Path: path})
	return &t.Paths[len(t.Paths)-1]
}

// Filter knows the streams: those of the current stretch of CopyWindow and of the one before, by the
// sum of their process and what they are about. A stream that is used moves on; one that
// is not is dropped with its stretch.
type Filter struct {
	Begun         time.Time       `json:",omitzero"`
	Current, Past map[Sum]*Stream `json:",omitempty"`
	Order         uint64          `json:",omitempty"` // how many lines were no copies
}

// at returns the stream of a process about a server or proxy, nil when the bound of
// streams is reached: then nothing is taken for a copy.
func (fl *Filter) at(f alert.Fact, pid int, about string) *Stream {
	fl.age(f.Time)
	key := newSum(f.Source.Observer()).end().number(pid).add(about)
	if t := fl.Current[key]; t != nil {
		return t
	}
	t := fl.Past[key]
	if t == nil {
		t = &Stream{}
	}
	if len(fl.Current) >= 2*alert.MaxServers {
		return nil
	}
	delete(fl.Past, key)
	fl.Current[key] = t
	return t
}

func (fl *Filter) age(now time.Time) {
	switch age := now.Sub(fl.Begun); {
	case age >= 2*CopyWindow:
		*fl = Filter{Begun: now, Current: map[Sum]*Stream{}, Order: fl.Order}
	case age >= CopyWindow:
		*fl = Filter{Begun: now, Current: map[Sum]*Stream{}, Past: fl.Current, Order: fl.Order}
	}
}

// pathOf names the way a line came by. The process behind it is part of the stream.
func pathOf(s alert.Source) uint64 {
	h := newSum(s.Listener).end().add(s.Peer).end().add(s.Tag).number(s.Facility)
	if s.Copy {
		h = h.number(1)
	}
	return uint64(h)
}

// Configure makes the filter, new or out of a checkpoint, ready.
func (fl *Filter) Configure() {
	if fl.Current == nil {
		fl.Current = map[Sum]*Stream{}
	}
}
