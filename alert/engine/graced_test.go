package engine_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
)

// What a reload of one load balancer holds back is told with what another one says
// meanwhile, not after it: the last word would be that a server is up which is down.
func TestGracedIsNotToldAfterWhatFollows(t *testing.T) {
	const (
		down = "Server px/a is DOWN, reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
		up   = "Server px/a is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	)
	p := policy()
	p.ReloadGrace = 5 * time.Second
	at := func(after time.Duration) time.Time { return start.Add(time.Hour + after) }
	notices, open := told(p, []alert.Fact{
		observed(t, start, "lb1", "1", up),
		observed(t, at(0), "lb1", "2", down), // a new process
		observed(t, at(500*time.Millisecond), "lb1", "2", up),
		observed(t, at(time.Second), "lb2", "1", down),
	})
	want := []string{"1h0m3s problem [DOWN] px/a: Layer4 timeout, twice in 1s, 1 of 2 left (lb2)"}
	if d := cmp.Diff(want, subjects(notices)); d != "" || len(open) != 1 {
		t.Errorf("%d open (-want +got):\n%s", len(open), d)
	}
}
