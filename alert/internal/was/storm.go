package was

import (
	"slices"
	"time"
)

// A storm that goes on is told in fewer and wider digests: who has had three of them
// within moments knows, and wants to know how it goes on, not each turn of it.
const (
	// StormWaves is after how many digests in a row gathering takes longer: twice
	// group_wait, and twice as long after each further one.
	StormWaves = 3
	// StormWait is how long it takes at the most.
	StormWait = 30 * time.Second
	// StormUrgent is by how much less a proxy waits that has just lost its last server:
	// 7.5 s at the most, and only when another one was told just before.
	StormUrgent = 4
	// StormPause is after how long without a digest the storm is over.
	StormPause = time.Minute
)

// storm is a row of digests.
type storm struct {
	Waves int       // how many so far
	Last  time.Time // of the latest one
	// Until is before when nothing more is told, but that a proxy has no server left.
	Until time.Time
}

// wait is how long a further digest gathers at now; 0 when there is no storm.
func (st storm) wait(groupWait time.Duration, now time.Time) time.Duration {
	if st.Waves < StormWaves || now.Sub(st.Last) > StormPause {
		return 0
	}
	return min(StormWait, groupWait<<min(st.Waves-StormWaves+1, 10))
}

// swell counts what was just sealed as a wave of a storm, if there is a digest in it.
func (s *State) swell(sealed []bundle) {
	told := func(b bundle) bool { return len(b.turns) > 1 && len(b.to) > 0 }
	if !slices.ContainsFunc(sealed, told) {
		return
	}
	at := sealed[0].due
	if at.Sub(s.Storm.Last) > StormPause {
		s.Storm.Waves = 0
	}
	s.Storm.Waves++
	s.Storm.Last = at
	s.Storm.Until = at.Add(s.Storm.wait(s.policy.GroupWait, at))
}

// Settled returns when all is told that is due by end: in a storm that is later.
func (s *State) Settled(end time.Time) time.Time {
	if next := s.nextRipe(); next.After(end) && !s.nextDue.After(end) {
		return next
	}
	return end
}
