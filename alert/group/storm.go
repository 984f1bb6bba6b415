package group

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/incident"
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

// Storm is a row of digests.
type Storm struct {
	Waves int       // how many so far
	Last  time.Time // of the latest one
	// Until is before when nothing more is told, but that a proxy has no server left.
	Until time.Time
}

// wait is how long a further digest gathers at now; 0 when there is no storm.
func (st Storm) wait(groupWait time.Duration, now time.Time) time.Duration {
	if st.Waves < StormWaves || now.Sub(st.Last) > StormPause {
		return 0
	}
	return min(StormWait, groupWait<<min(st.Waves-StormWaves+1, 10))
}

// Flushed counts what was just told as a wave of a storm, if there is a digest in it.
func (g *Group) Flushed(all []Message) {
	told := func(m Message) bool { return m.IsDigest() && len(m.To) > 0 }
	if !slices.ContainsFunc(all, told) {
		return
	}
	at := all[0].Due
	if at.Sub(g.Storm.Last) > StormPause {
		g.Storm.Waves = 0
	}
	g.Storm.Waves++
	g.Storm.Last = at
	g.Storm.Until = at.Add(g.Storm.wait(g.policy.GroupWait, at))
}

// urgent is how long to gather before telling that nothing is left: no longer than the
// wait for HAProxy's own sentence, but of many the first one is told at once and the
// others are gathered. A storm spreads them further, and holds up those that were empty
// just before.
func (g *Group) urgent(r *incident.Record, now time.Time, wait time.Duration) time.Duration {
	gather := g.timing(r).GroupWait
	storm := g.Storm.wait(gather, now)
	gathers := storm == 0 || g.incidents.History.EndedWithin(r.Key, StormPause, now)
	if gathers && now.Sub(g.LastUrgent) < max(gather, storm) {
		return max(wait, gather)
	}
	if storm == 0 {
		g.LastUrgent = now
		return wait
	}
	due := alert.Later(now.Add(wait), g.LastUrgent.Add(max(gather, storm/StormUrgent)))
	g.Storm.Until = alert.Earlier(g.Storm.Until, due)
	return due.Sub(now)
}

// toldEmpty notes, in a storm, when it was last told that a proxy has no server left.
func (g *Group) toldEmpty(t Transition, at time.Time) {
	if g.Storm.wait(g.policy.GroupWait, at) > 0 && empties(g.incidents.Get(t.Incident), t.Kind) {
		g.LastUrgent = at
	}
}

// Settled returns when all is told that is due by end: in a storm that is later.
func (g *Group) Settled(end time.Time) time.Time {
	if next := g.Next(); next.After(end) && !g.next().After(end) {
		return next
	}
	return end
}
