package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"haproxy-alert/alert/outbox"
)

// The first ten waits, by the largest and the smallest the jitter can make them.
func TestRetryWait(t *testing.T) {
	full := []time.Duration{
		1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
		32 * time.Second, 64 * time.Second, 128 * time.Second, 256 * time.Second, 300 * time.Second,
	}
	for k, want := range full {
		seen := map[time.Duration]bool{}
		for n := range 200 {
			got := outbox.RetryWait(fmt.Sprint("notice", n), k+1)
			if got > want || got < want*4/5 {
				t.Fatalf("attempt %d: %v, want %v to %v", k+1, got, want*4/5, want)
			}
			if got != outbox.RetryWait(fmt.Sprint("notice", n), k+1) {
				t.Fatalf("attempt %d: not the same twice", k+1)
			}
			seen[got] = true
		}
		if len(seen) < 100 {
			t.Errorf("attempt %d: 200 notices have only %d waits", k+1, len(seen))
		}
	}
	for _, attempt := range []int{-1, 0, 1 << 40} {
		if got := outbox.RetryWait("n", attempt); got <= 0 || got > outbox.RetryMost {
			t.Errorf("attempt %d: %v", attempt, got)
		}
	}
}
