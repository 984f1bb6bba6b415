package incident

import (
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
)

// StaysDown is how long something that was flapping may be down before that is told: it
// is no flapping any more.
const StaysDown = time.Minute

// backlog is how old a line must be to have waited for us in a file. How fast things
// changed then its own time tells; of a fresh line ours does, for clocks differ.
const backlog = time.Minute

// Flapper counts how often a server or proxy goes up and down.
type Flapper struct {
	Changes []time.Time // of late, by our clock; not more than make it flap
}

// changedAt is when what a line tells happened.
func changedAt(f alert.Fact) time.Time {
	if f.Time.Sub(f.At) > backlog {
		return f.At
	}
	return f.Time
}

// changed notes that the server or proxy of the key went up or down.
func (t *Tracker) changed(key string, now time.Time) {
	if t.policy.Flap.Changes <= 0 {
		return
	}
	t.forgetFlappers(now)
	fl := t.Flappers[key]
	if fl == nil {
		if len(t.Flappers) >= alert.MaxServers {
			t.overflow.Add("flapping servers")
			return
		}
		fl = &Flapper{}
		t.Flappers[key] = fl
	}
	fl.Changes = append(fl.lately(now, t.policy.Flap.Within), now)
	if extra := len(fl.Changes) - t.policy.Flap.Changes; extra > 0 {
		fl.Changes = slices.Delete(fl.Changes, 0, extra)
	}
}

// lately returns the changes that still count, in place.
func (fl *Flapper) lately(now time.Time, within time.Duration) []time.Time {
	return slices.DeleteFunc(fl.Changes, func(t time.Time) bool { return now.Sub(t) > within })
}

// flaps reports whether the key changes too often to be told each time.
func (t *Tracker) flaps(key string, now time.Time) bool {
	fl := t.Flappers[key]
	if fl == nil {
		return false
	}
	fl.Changes = fl.lately(now, t.policy.Flap.Within)
	return len(fl.Changes) >= t.policy.Flap.Changes
}

// forgetFlappers drops, now and then, those that have been calm.
func (t *Tracker) forgetFlappers(now time.Time) {
	within := t.policy.Flap.Within
	if now.Sub(t.FlapsSwept) < within {
		return
	}
	t.FlapsSwept = now
	for key, fl := range t.Flappers {
		if fl.Changes = fl.lately(now, within); len(fl.Changes) == 0 {
			delete(t.Flappers, key)
		}
	}
}

// upForNow notes that a flapping incident would be over. The outage is on record, but the
// incident goes on until calm lasts.
func (t *Tracker) upForNow(r *Record, to health.Status, f alert.Fact) {
	r.CalmSince, r.EndCause = alert.Later(f.At, r.Opened), to.String()
	t.recordOutage(r, r.CalmSince)
	t.stepChanged(r, f)
}

// failsAgain notes that a flapping incident that would have been over is not: a further
// outage of the same conversation.
func (t *Tracker) failsAgain(r *Record, f alert.Fact) {
	if r.Began.IsZero() {
		r.Began = r.Opened
	}
	r.CalmSince, r.EndCause, r.Opened = time.Time{}, "", f.At
	r.Outages++
	r.Flaps = 0
	t.changed(r.Key, changedAt(f))
	t.stepChanged(r, f)
}

// recordOutage writes down one outage of a flapping incident.
func (t *Tracker) recordOutage(r *Record, closed time.Time) {
	out := r.Incident
	out.Closed = closed
	if r.Outages > 0 {
		out.ID = alert.ID(r.ID, r.Outages)
	}
	t.ended = append(t.ended, out)
	t.History.enter(out)
}

// stepChanged says that a flapping incident changed: it is over when it does so no more.
func (t *Tracker) stepChanged(r *Record, f alert.Fact) {
	s := t.stepOf(Changed, r, f)
	s.Wait = t.policy.Flap.Within
	if r.CalmSince.IsZero() {
		s.Wait = min(s.Wait, StaysDown)
	}
	t.Audience.Step(s)
}

// calmed ends the flapping: the incident closes if it is up, and is an ordinary one from
// now on if it is not.
func (t *Tracker) calmed(r *Record, due time.Time) {
	r.Flapping = false
	at := alert.Fact{Time: due, At: due}
	if r.CalmSince.IsZero() {
		t.step(Calmed, r, at)
		return
	}
	r.Closed = r.CalmSince // its outages are on record
	t.step(Settled, r, at)
	t.part(r, at)
	t.takeOff(r)
	if r.Server != "" {
		t.forget(r.Key)
	}
}
