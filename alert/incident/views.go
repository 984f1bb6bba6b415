package incident

import (
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
)

// SeenAgainAfter is how old an incident must be for a load balancer that sees it for the
// first time to be news.
const SeenAgainAfter = 5 * time.Minute

// compareViews takes what one load balancer now says of a server whose incident is open.
func (t *Tracker) compareViews(r *Record, before, after health.Status, f alert.Fact) {
	switch {
	case before == health.Up && after == health.Down:
		if r.seenBy(f.Source.Observer()) { // it had called the server up, and another one kept it open
			r.Flaps++
		}
		t.step(SeenDown, r, f)
		t.seenAgain(r, f)
	case before == health.Down && after == health.Up:
		t.step(SeenUp, r, f)
	}
}

// seenAgain tells that a load balancer sees an incident that another one keeps open: one
// it had seen the end of, or long after it began. The other one may be gone, or may have
// lost its way to the server; this is an outage of its own to those who are woken.
func (t *Tracker) seenAgain(r *Record, f alert.Fact) {
	if r.seenBy(f.Source.Observer()) || f.At.Sub(r.Opened) > SeenAgainAfter {
		t.step(SeenAgain, r, f)
	}
}
