package was

import "cmp"

// adopt takes along the servers that follow this one and whose lines came first, by
// another path or thread, as long as they are not told.
func (s *State) adopt(key string, root *incident) {
	for _, id := range s.Orphans[key] {
		if i := s.Incidents[id]; i != nil && root.Parent == "" && i.Planned == root.Planned &&
			i.Lull.IsZero() && s.beginning(id) != nil && s.mayTellAlong(root, i, root.Heard) {
			s.takeAlong(root, i)
		}
	}
	delete(s.Orphans, key)
}

func (s *State) viaKey(f Fact) string {
	if s.policy.byHost() {
		return f.Source.Observer() + " " + f.Event.Via
	}
	return f.Event.Via
}

// takeAlong lets the parent tell the incident, and all that it would have told
// along; it then has no notice of its own. The parent's notice must be to come.
func (s *State) takeAlong(parent, i *incident) {
	s.disarm(i.ID)
	for _, child := range append(s.along(i), i) {
		child.Parent, child.Folded, child.First, child.Flapping = parent.ID, true, "", false
		parent.Along = append(parent.Along, child.ID)
	}
	if t := s.beginning(parent.ID); t != nil {
		t.NotUp = s.notUp(parent) // it gathers: who joins is told
	}
	i.Along = nil
}

// tracked returns the open incident of the server that this one follows, or the
// one that tells that along.
func (s *State) tracked(f Fact) *incident {
	if f.Event.Via == "" {
		return nil
	}
	root := s.Servers[s.viaKey(f)]
	if root == nil {
		return nil
	}
	i := s.Incidents[cmp.Or(root.Outage, root.Work)]
	for i != nil && i.Parent != "" && s.Incidents[i.Parent] != nil {
		i = s.Incidents[i.Parent]
	}
	return i
}

// release lets go of what the incident told along and is still open: from now on
// it speaks for itself.
func (s *State) release(parent *incident, f Fact) {
	for _, i := range s.along(parent) {
		i.Parent = ""
		// HAProxy says that it is up in the same moment, if it is: not told before.
		ready := f.Time.Add(s.timing(i).GroupWait)
		s.arm(i, problem, f.At, ready, ready)
	}
}

// along returns the open incidents that the parent tells along.
func (s *State) along(parent *incident) []*incident {
	var open []*incident
	for _, id := range parent.Along {
		if i := s.Incidents[id]; i != nil && i.Parent == parent.ID && i.open() {
			open = append(open, i)
		}
	}
	return open
}
