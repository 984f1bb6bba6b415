package was

import (
	"slices"
	"time"
)

// trail is what one process wrote about one server of late, in order. There is one for
// every server that a flood names, and every checkpoint has it: so it knows its lines
// by their sums.
type trail struct {
	Steps []trailStep `json:",omitempty"`
	// Gone is how many steps were forgotten; Paths says for each path which step,
	// counted with these, it brings next.
	Gone  int       `json:",omitempty"`
	Paths []footing `json:",omitempty"`
	// Latest is the time of the latest line that was no copy, and LatestPath brought
	// it; only what is remembered of any process has them.
	Latest     time.Time `json:",omitzero"`
	LatestPath uint64    `json:",omitempty"`
}

// footing is how far a path has brought a trail.
type footing struct {
	Path uint64
	Next int // the step it brings next, counted with those gone
	// Others counts the lines about the proxy's servers it brought, Mark how many
	// they were at its latest step. They are kept in the trail of the proxy itself,
	// whose one sentence, "has no server available!", says nothing of what came
	// between: with a server line between, it is news.
	Others int `json:",omitempty"`
	Mark   int `json:",omitempty"`
	// Fresh is the Order of the latest line about the proxy and its servers that the
	// path brought first; only the trail of the proxy itself has it.
	Fresh uint64 `json:",omitempty"`
}

// trailStep is one line.
type trailStep struct {
	At    int64  // its own time, in ns since 1970
	Order uint64 `json:",omitempty"` // among all lines that were no copies
	// Sum is that of the text, Begins those of its kind and as many bytes as beginnings
	// says; 0 when it has not so many. Cut says a length limit cut the text.
	Sum    sum
	Begins [len(beginnings)]uint32
	Cut    bool `json:",omitempty"`
}

// beginnings are the lengths by which a line that was cut is compared with a whole one.
// Up to the first one, its kind and the server have to do.
var beginnings = [...]int{0, 48, 96}

// stepOf returns the line as a trail keeps it.
func stepOf(f Fact) trailStep {
	st := trailStep{At: f.At.UnixNano(), Cut: f.Event.Truncated}
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
func (st trailStep) is(other trailStep) bool {
	switch {
	case !sameMoment(st.At, other.At):
		return false
	case st.Cut || other.Cut:
		return st.Sum == other.Sum || st.beginsLike(other)
	}
	return st.Sum == other.Sum
}

func (st trailStep) beginsLike(other trailStep) bool {
	for k, sum := range st.Begins {
		if sum != other.Begins[k] && sum != 0 && other.Begins[k] != 0 {
			return false
		}
	}
	return true
}

// add lays a further step and returns its index.
func (t *trail) add(st trailStep) int {
	if len(t.Steps) >= MaxTrail {
		t.Steps = slices.Delete(t.Steps, 0, 1)
		t.Gone++
	}
	t.Steps = append(t.Steps, st)
	return len(t.Steps) - 1
}

// footing returns how far the path is, nil when the bound of paths is reached.
func (t *trail) footing(path uint64) *footing {
	for k := range t.Paths {
		if t.Paths[k].Path == path {
			return &t.Paths[k]
		}
	}
	if len(t.Paths) >= MaxPaths {
		return nil
	}
	t.Paths = append(t.Paths, footing{Path: path})
	return &t.Paths[len(t.Paths)-1]
}

// trails are those of the current stretch of CopyWindow and of the one before, by the
// sum of their process and what they are about. A trail that is used moves on; one that
// is not is dropped with its stretch.
type trails struct {
	Begun         time.Time      `json:",omitzero"`
	Current, Past map[sum]*trail `json:",omitempty"`
	Order         uint64         `json:",omitempty"` // how many lines were no copies
}

// at returns the trail of a process about a server or proxy, nil when the bound of
// trails is reached: then nothing is taken for a copy.
func (ts *trails) at(f Fact, pid int, about string) *trail {
	ts.turn(f.Time)
	key := newSum(f.Source.Observer()).end().number(pid).add(about)
	if t := ts.Current[key]; t != nil {
		return t
	}
	t := ts.Past[key]
	if t == nil {
		t = &trail{}
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
	case age >= 2*CopyWindow:
		*ts = trails{now, map[sum]*trail{}, nil, ts.Order}
	case age >= CopyWindow:
		*ts = trails{now, map[sum]*trail{}, ts.Current, ts.Order}
	}
}

// pathOf names the way a line came by. The process behind it is part of the trail.
func pathOf(s Source) uint64 {
	h := newSum(s.Listener).end().add(s.Peer).end().add(s.Tag).number(s.Facility)
	if s.Copy {
		h = h.number(1)
	}
	return uint64(h)
}
