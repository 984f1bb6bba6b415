package group

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestScheduleIsASortedList holds the schedule, with its index and its cached next time,
// against a plain list that is sorted by when each is ready.
func TestScheduleIsASortedList(t *testing.T) {
	start := time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var s Schedule
		s.index()
		var plain []Transition
		for n := range rapid.IntRange(1, 60).Draw(t, "steps") {
			id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "incident")
			kind := rapid.SampledFrom([]Kind{Problem, Back, Relapse, Recovery, Reminder}).Draw(t, "kind")
			at := start.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "ready")) * time.Second)
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0, 1:
				tr := Transition{Incident: id, Kind: kind, Notice: fmt.Sprint(n), Ready: at, Due: at.Add(time.Duration(n%3) * time.Second)}
				s.add(tr)
				k := slices.IndexFunc(plain, func(o Transition) bool { return o.Ready.After(at) })
				if k < 0 {
					k = len(plain)
				}
				plain = slices.Insert(plain, k, tr)
			case 2:
				of := func(o Transition) bool { return o.Incident == id && o.Kind == kind }
				want := slices.ContainsFunc(plain, of)
				if got := s.cancel(id, is(kind)); got != want {
					t.Fatalf("cancelled %v, want %v", got, want)
				}
				plain = slices.DeleteFunc(plain, of)
			case 3:
				n := s.readyBy(at)
				if want := len(slices.DeleteFunc(slices.Clone(plain), func(o Transition) bool { return o.Ready.After(at) })); n != want {
					t.Fatalf("%d are ready, want %d", n, want)
				}
				s.take(n)
				plain = plain[n:]
			case 4:
				s.index() // a restart
			}
			compare(t, &s, plain)
		}
	})
}

func compare(t *rapid.T, s *Schedule, plain []Transition) {
	t.Helper()
	if len(s.Pending) != len(plain) {
		t.Fatalf("%d transitions, want %d", len(s.Pending), len(plain))
	}
	var next time.Time
	for k, tr := range plain {
		if s.Pending[k].Notice != tr.Notice {
			t.Fatalf("place %d has %s, want %s", k, s.Pending[k].Notice, tr.Notice)
		}
		if next.IsZero() || tr.Due.Before(next) {
			next = tr.Due
		}
		if got := s.get(tr.Incident, is(tr.Kind)); got == nil || got.Incident != tr.Incident || got.Kind != tr.Kind {
			t.Fatalf("%s %d is not found", tr.Incident, tr.Kind)
		}
	}
	if got := s.next(); !got.Equal(next) {
		t.Fatalf("next at %v, want %v", got, next)
	}
	for _, id := range []string{"a", "b", "c"} {
		want := slices.ContainsFunc(plain, func(tr Transition) bool { return tr.Incident == id })
		if s.has(id) != want {
			t.Fatalf("%s waits %v, want %v", id, !want, want)
		}
	}
}
