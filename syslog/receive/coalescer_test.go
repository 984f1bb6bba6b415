package receive

import (
	"testing"
	"time"
)

// TestGathering: lines that come one by one are read at once; where they come fast they
// may come together, but never so many that the kernel's buffer could fill.
func TestGathering(t *testing.T) {
	const crowd = 100
	now := time.Now()
	for name, c := range map[string]struct {
		since time.Duration
		n     int
		want  bool
	}{
		"the first line":       {time.Hour, 1, false},
		"a line a second":      {time.Second, 1, false},
		"right behind another": {10 * time.Microsecond, 1, true},
		"after a nap":          {coalesceTime + 100*time.Microsecond, 50, true},
		"nothing came":         {coalesceTime, 0, false},
		"as many as may":       {coalesceTime, crowd, true},
		"too many":             {coalesceTime, crowd + 1, false},
	} {
		g := coalescer{crowd: crowd, last: now.Add(-c.since)}
		if got := g.goesOn(c.n, now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if !g.last.Equal(now) {
			t.Errorf("%s: the time of the reading is not kept", name)
		}
	}
	var unix coalescer // a unix socket holds few
	unix.last = now
	if unix.goesOn(1, now) {
		t.Error("datagrams come together where the kernel holds few")
	}
}
