package dedup_test

import (
	"testing"
	"time"

	"haproxy-alert/alert/dedup"
	"haproxy-alert/alert/internal/alerttest"
)

const (
	isDown = "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms" + alerttest.Left
	isUp   = "Server be/s1 is UP, reason: Layer4 check passed, check duration: 1ms" + alerttest.Online
)

// TestIsCopy: what a path brings that another one brought is a copy; what one path brings
// in a row is not.
func TestIsCopy(t *testing.T) {
	type line struct {
		path string // listener and facility
		pid  string
		text string
		at   time.Duration // of its header
		copy bool
	}
	for name, lines := range map[string][]line{
		"two facilities": {
			{"local0", "1", isDown, 0, false},
			{"local1", "1", isDown, 0, true},
			{"local1", "1", isUp, time.Second, false},
			{"local0", "1", isUp, time.Second, true},
		},
		"fast toggles in one second": {
			{"local0", "1", isDown, 0, false},
			{"local0", "1", isUp, 0, false},
			{"local0", "1", isDown, 0, false},
			{"local1", "1", isDown, 0, true},
			{"local1", "1", isUp, 0, true},
			{"local1", "1", isDown, 0, true},
		},
		"another process": {
			{"local0", "1", isDown, 0, false},
			{"local1", "2", isDown, 0, false},
		},
		"a copy that was cut": {
			{"local0", "1", isDown, 0, false},
			{"short", "1", isDown[:60], 0, true},
		},
		"too late to be one": {
			{"local0", "1", isDown, 0, false},
			{"local1", "1", isDown, 2 * time.Second, false},
		},
	} {
		fl := &dedup.Filter{}
		fl.Configure()
		now := alerttest.Start
		for k, l := range lines {
			f := alerttest.Observed(t, now, "lb1", l.pid, l.text)
			f.At, f.Source.Listener = alerttest.Start.Add(l.at), l.path
			now = now.Add(time.Millisecond)
			if got := fl.IsCopy(f); got != l.copy {
				t.Errorf("%s: line %d is a copy: %v, want %v", name, k, got, l.copy)
			}
		}
	}
}

// What a bound leaves out is taken for news, and copies are forgotten after a while.
func TestForgets(t *testing.T) {
	fl := &dedup.Filter{}
	fl.Configure()
	first := alerttest.Observed(t, alerttest.Start, "lb1", "1", isDown)
	fl.IsCopy(first)
	late := first
	late.Source.Listener = "relay"
	late.Time = alerttest.Start.Add(2*dedup.CopyWindow + time.Second)
	if fl.IsCopy(late) {
		t.Error("a line is a copy of one that came long before")
	}
	for k := range dedup.MaxPaths + 2 {
		f := first
		f.Time, f.Source.Facility = late.Time, k
		if got, want := fl.IsCopy(f), k > 0 && k < dedup.MaxPaths-1; k > 0 && got != want {
			t.Errorf("path %d brings a copy: %v, want %v", k, got, want)
		}
	}
}
