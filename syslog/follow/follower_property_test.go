package follow

import (
	"testing"

	"pgregory.net/rapid"
)

// TestFollowAnyRotation: whatever happens to a log, in whatever order and however much of
// it between two looks, every line is given once and in order, and so it is after a
// restart from any position.
func TestFollowAnyRotation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScript(t)
		s.restarts = 4
		if rapid.Bool().Draw(rt, "olddir") {
			s.old = t.TempDir()
		}
		move := rapid.Custom(func(t *rapid.T) func() {
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				return func() { s.ifThere(s.rename) }
			case 1:
				return func() { s.ifThere(s.rename); s.create() }
			case 2, 3:
				return func() { s.ifThere(s.copyTruncate) }
			case 4:
				n := rapid.IntRange(1, 3).Draw(t, "which")
				return func() { s.ifRotated(n, func() { s.compress(n) }) }
			}
			return s.write(rapid.IntRange(1, 4).Draw(t, "lines"))
		})
		var steps []func()
		for _, moves := range rapid.SliceOfN(rapid.SliceOfN(move, 1, 6), 1, 6).Draw(rt, "looks") {
			steps = append(steps, func() {
				for _, move := range moves {
					move()
				}
			})
		}
		s.t = rt
		s.follow(Position{}, FromBegin, append([]func(){s.write(1)}, steps...)...)
		s.check()
	})
}
