package route

import (
	"slices"
	"time"

	"haproxy-alert/alert"
)

// Router knows the routes of a policy, and the silences of the running daemon.
type Router struct {
	// Silences are those of the running daemon; those of the policy come beside them.
	Silences []alert.Silence `json:",omitempty"`
	// Held counts the notices that a silence kept back, by its id.
	Held map[string]int `json:",omitempty"`

	policy   alert.Policy
	overflow alert.Overflow
}

// Configure gives the router, new or out of a checkpoint, the policy it goes by; what a
// bound cuts off is counted in overflow.
func (r *Router) Configure(policy alert.Policy, overflow alert.Overflow) {
	r.policy, r.overflow = policy, overflow
	if r.Held == nil {
		r.Held = map[string]int{}
	}
}

// Outcome says who is told, or which rule keeps a notice back.
type Outcome struct {
	To   []string
	Rule string
	// Silence is the id of the silence that keeps it back; Again is when it ends, zero
	// when it never does.
	Silence string
	Again   time.Time
}

// Timing returns the waits for a subject: those of the first route that is about it,
// where it says any, else the policy's.
func (r *Router) Timing(s alert.Subject) alert.Timing {
	t := r.policy.Timing
	for _, route := range r.policy.Routes {
		if route.Match.About(s) {
			set(&t.GroupWait, route.GroupWait)
			set(&t.HoldDown, route.HoldDown)
			set(&t.Remind, route.Remind)
			break
		}
	}
	return t
}

func set(to, from *time.Duration) {
	if from != nil {
		*to = *from
	}
}

// Beginning decides who is told that something began or got worse. Those who heard of it
// before hear of it again.
func (r *Router) Beginning(s alert.Subject, already []string, at time.Time) Outcome {
	if q := r.Silenced(s, at); q != nil {
		return held(q, at)
	}
	to := r.routed(s, at)
	for _, c := range already {
		if !slices.Contains(to, c) {
			to = append(to, c)
		}
	}
	if len(to) == 0 {
		return Outcome{Rule: "no route or level lets it through"}
	}
	return Outcome{To: r.known(to)}
}

// Reminder decides who is told that something goes on: those who heard of it.
func (r *Router) Reminder(s alert.Subject, already []string, at time.Time) Outcome {
	if q := r.Silenced(s, at); q != nil {
		return held(q, at)
	}
	return Outcome{To: r.known(already)}
}

// Ending decides who is told that something is over: those who heard of it, whatever the
// routes and silences say now.
func (r *Router) Ending(already []string) Outcome {
	if len(already) == 0 {
		return Outcome{Rule: "nobody was told of its beginning"}
	}
	return Outcome{To: r.known(already)}
}

func held(q *alert.Silence, at time.Time) Outcome {
	return Outcome{Rule: "silence " + q.ID, Silence: q.ID, Again: q.End(at)}
}

// Covers reports whether all who are to be told of the child hear of it when the parent's
// notice tells of it: routes and silences may set them apart.
func (r *Router) Covers(parent, child alert.Subject, at time.Time) bool {
	if r.Silenced(parent, at) != nil && r.Silenced(child, at) == nil {
		return false
	}
	to := r.routed(parent, at)
	return !slices.ContainsFunc(r.routed(child, at), func(c string) bool { return !slices.Contains(to, c) })
}

// routed returns the channels the routes name whose level lets it through.
func (r *Router) routed(s alert.Subject, at time.Time) []string {
	var to []string
	add := func(name string) {
		for _, c := range r.policy.Channels {
			if c.Name == name && c.Level.Passes(s.Severity) && !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	if len(r.policy.Routes) == 0 {
		for _, c := range r.policy.Channels {
			add(c.Name)
		}
	}
	for _, route := range r.policy.Routes {
		if !route.Match.Takes(s, at) {
			continue
		}
		for _, name := range route.Channels {
			add(name)
		}
		if !route.Continue {
			break
		}
	}
	return to
}

// known keeps the order of the policy and leaves out channels that left it.
func (r *Router) known(names []string) []string {
	var to []string
	for _, c := range r.policy.Channels {
		if slices.Contains(names, c.Name) {
			to = append(to, c.Name)
		}
	}
	return to
}
