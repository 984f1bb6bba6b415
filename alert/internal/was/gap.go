package was

// gapKey begins the key of a load balancer that loses events; HAProxy's names have no
// blanks.
const gapKey = "ring "

// takeGap takes that HAProxy lost events of its own, before they reached us: its ring was
// full. What was among them nobody knows.
func (s *State) takeGap(f Fact) {
	lost := max(1, f.count())
	if p := s.Processes[f.Source.Observer()]; p != nil {
		p.Lost, p.LostAt = p.Lost+lost, f.Time
	}
	if s.policy.Drops <= 0 {
		return
	}
	i, fresh := s.matterOf(gapKey+f.Name(), f.Name(), losing, f)
	if i == nil {
		return
	}
	i.Lost += lost
	i.Reason = plural(i.Lost, "event", "events") + " lost by HAProxy"
	if fresh {
		s.arm(i, blind, f.At, f.Time, f.Time.Add(s.timing(i).GroupWait))
	}
	s.watch(i, f, s.policy.Drops)
}

func (i *incident) gapWhat(st step) string {
	switch st {
	case over:
		return "loses no more, " + plural(i.Lost, "event", "events") + " in all"
	case reminder:
		return plural(i.Lost, "event", "events") + " lost so far, and still losing"
	default:
		return i.Reason + " before they reached us: alarms may be missing"
	}
}

// gapNotes say what that means for what is known.
func gapNotes() []string {
	return []string{
		"What is known of its servers may be stale until HAProxy's next line about each: one may be down and nobody was told, or up again. " +
			"Compare with its statistics page.",
		"Its ring was full: make the ring larger (size), or see why what reads it, or the way there, is slow.",
	}
}
