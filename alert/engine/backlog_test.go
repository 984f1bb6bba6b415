package engine_test

import (
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// What went up and down over hours while we were away, and reaches us in one moment, did
// not flap; what did in minutes, did.
func TestBacklogFlapsByItsOwnTime(t *testing.T) {
	for name, c := range map[string]struct {
		apart time.Duration
		want  bool
	}{"over hours": {time.Hour, false}, "in minutes": {time.Minute, true}} {
		t.Run(name, func(t *testing.T) {
			p := policy()
			p.Flap = alert.Flap{Changes: 6, Within: 10 * time.Minute}
			s := engine.New(p, nil)
			flapping := false
			s.Trace(func(d alert.Decision) { flapping = flapping || d.Kind == alert.Flapping })
			const turns = 5
			arrived := start.Add(24 * time.Hour)
			for k := range 2 * turns {
				text := "Server be/s1 is DOWN, reason: Layer4 timeout" + left
				if k%2 == 1 {
					text = "Server be/s1 is UP, reason: Layer4 check passed" + online
				}
				f := observed(t, start, "lb1", "1", text)
				f.At, f.Time = start.Add(time.Duration(k)*c.apart), arrived
				s.Apply(f)
			}
			s.Apply(alert.Fact{Kind: alert.Operator, Time: arrived.Add(time.Hour)})
			if flapping != c.want {
				t.Errorf("flapping: %v, want %v", flapping, c.want)
			}
		})
	}
}
