package incident

import (
	"cmp"
	"time"

	"haproxy-alert/alert"
)

// join makes an incident, and all that was a part of it, a part of the parent, which
// tells of it; it then has no notice of its own. The parent's notice must be to come.
func (t *Tracker) join(parent, r *Record) {
	members := append(t.Members(r), r)
	for _, m := range members {
		m.Parent, m.Flapping = parent.ID, false
		parent.Parts = append(parent.Parts, m.ID)
	}
	r.Parts = nil
	t.Audience.Step(Step{Record: r, Kind: Joined, Parent: parent, Members: members})
}

// mayJoin reports whether the parent's notice is still to come and reaches all who are to
// hear of the incident.
func (t *Tracker) mayJoin(parent, r *Record, at time.Time) bool {
	return t.Audience.Unheard(parent.ID) && t.Audience.Covers(parent, r, at)
}

// joinWaiting joins the servers that follow this one and whose lines came first, by
// another path or thread, as long as they are not told.
func (t *Tracker) joinWaiting(key string, root *Record) {
	for _, id := range t.WaitingForParent[key] {
		if r := t.Records[id]; r != nil && root.Parent == "" && r.Planned == root.Planned &&
			r.CalmSince.IsZero() && t.Audience.Unheard(id) && t.Audience.Covers(root, r, root.LastSeen) {
			t.join(root, r)
		}
	}
	delete(t.WaitingForParent, key)
}

// tracked returns the open incident of the server that the line's server follows, or the
// one that it is a part of.
func (t *Tracker) tracked(f alert.Fact) *Record {
	if f.Event.Via == "" {
		return nil
	}
	own := t.Servers[t.health.ViaKey(f)]
	r := t.Records[cmp.Or(own.Outage, own.Work)]
	for r != nil && r.Parent != "" && t.Records[r.Parent] != nil {
		r = t.Records[r.Parent]
	}
	return r
}

// part lets go of the members that are still open: from now on each speaks for itself.
func (t *Tracker) part(parent *Record, f alert.Fact) {
	for _, m := range t.Members(parent) {
		m.Parent = ""
		t.step(Parted, m, f)
	}
}

// Members returns the open incidents that are parts of the parent.
func (t *Tracker) Members(parent *Record) []*Record {
	var open []*Record
	for _, id := range parent.Parts {
		if r := t.Records[id]; r != nil && r.Parent == parent.ID && r.Open() {
			open = append(open, r)
		}
	}
	return open
}
