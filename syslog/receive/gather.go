package receive

import "time"

// gatherTime is how long datagrams may come together before they are read.
const gatherTime = time.Millisecond

// gathering decides when to let datagrams come together: where they come faster than
// one a gatherTime. Then a reader is woken 1,000 times a second at the most, however
// many come, and no line waits longer than gatherTime for it.
type gathering struct {
	crowd int // what may have come together, not to come near what the kernel holds
	last  time.Time
}

// goesOn reports whether to let more come together, after n were read that were all.
func (g *gathering) goesOn(n int, now time.Time) bool {
	busy := n > 0 && n <= g.crowd && now.Sub(g.last) < 2*gatherTime
	g.last = now
	return busy
}
