package alert

import "time"

// Decision is what became of a notice: who is told, or which rule kept it back.
type Decision struct {
	Time     time.Time
	Key      string     // of the incident; of each that a digest tells of
	Along    []string   // the keys of the incidents it tells along
	Kind     NoticeKind // of what is told of the incident; the notice may be a digest
	Notice   Notice
	Channels []string
	Rule     string
	// Instead are the notices in whose place this one is told on its channels.
	Instead []string
}

// Plan is what is to be done now, and when to ask again.
type Plan struct {
	Send   []Dispatch
	GiveUp []Dispatch // they waited longer than the channel's GiveUpAfter
	Next   time.Time  // zero when only a new fact can change the plan
	// Idle says that something became due while no fact came: an Operator fact that
	// says nothing, only that time has passed, makes notices of it.
	Idle bool
}

// Wake has the plan asked for again at a time, if not earlier.
func (p *Plan) Wake(at time.Time) {
	if p.Next.IsZero() || at.Before(p.Next) {
		p.Next = at
	}
}

// Await asks for the fact that a time has come, now or when it has.
func (p *Plan) Await(at, now time.Time) {
	if at.After(now) {
		p.Wake(at)
		return
	}
	p.Idle = true
}
