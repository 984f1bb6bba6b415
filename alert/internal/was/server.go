package was

import (
	"strings"
	"time"

	"haproxy-alert/parse"
)

// server is one server as the load balancers see it. Only servers that are not
// simply up are kept.
type server struct {
	Proxy  string
	Server string
	Views  map[string]*view // by observer
	// Outage and Work are the ids of its open incidents: a failure, and planned
	// work. Both can be open when two load balancers differ.
	Outage string `json:",omitempty"`
	Work   string `json:",omitempty"`
}

// view is what one load balancer says of a server.
type view struct {
	Status status
	PID    int
	// Wanted says that an operator took it out of service: not a name that no longer
	// resolves, nor its own answer 404.
	Wanted bool `json:",omitempty"`
	// ByCheck says check lines alone called it down, so they may call it up.
	ByCheck bool `json:",omitempty"`
	// Failed counts the failed checks since the last passed one; Check is the
	// latest of them, and its time. With option log-health-checks HAProxy leaves
	// the reason out of the DOWN line: it stands only here.
	Failed int         `json:",omitempty"`
	Check  checkResult `json:",omitzero"`
	CheckT time.Time   `json:",omitzero"`
}

// checkResult is what a check line lends to the line after it.
type checkResult struct {
	Kind            parse.Kind
	Reason          string       `json:",omitempty"`
	Code            parse.Number `json:",omitzero"`
	Info            string       `json:",omitempty"`
	CheckDurationMS parse.Number `json:",omitzero"`
	CheckStep       parse.Number `json:",omitzero"`
	Agent           bool         `json:",omitempty"`
}

func resultOf(ev parse.Event) checkResult {
	return checkResult{ev.Kind, ev.Reason, ev.Code, ev.Info, ev.CheckDurationMS, ev.CheckStep, ev.Agent}
}

// joinWindow is how old a check line may be to lend its reason to a DOWN line.
// HAProxy writes both in the same millisecond; a relay may spread them.
const joinWindow = 10 * time.Second

// note takes a line into the view and returns the event with the reason joined.
func (v *view) note(f Fact) parse.Event {
	ev := f.Event
	switch ev.Kind {
	case parse.CheckFailed:
		v.Failed++
		v.Check, v.CheckT = resultOf(ev), f.Time
	case parse.CheckPassed:
		v.Failed = 0
		v.Check, v.CheckT = resultOf(ev), f.Time
	case parse.ServerDown, parse.ServerUp, parse.ServerStopping:
		ev = v.joinReason(f, ev)
	default: // lines that have no reason to join and none to lend
	}
	if to := v.next(ev); to != v.Status {
		v.ByCheck = to == down && ev.Kind == parse.CheckFailed
		v.Wanted = to.planned() && wanted(ev)
		v.Status = to
	} else if ev.Kind == parse.ServerDown {
		v.ByCheck = false
	}
	v.PID = f.Source.PID
	return ev
}

func (v *view) joinReason(f Fact, ev parse.Event) parse.Event {
	fresh := !v.CheckT.IsZero() && f.Time.Sub(v.CheckT) <= joinWindow
	if ev.Reason != "" || ev.Cause != "" || ev.Via != "" || !fresh || v.PID != f.Source.PID {
		return ev
	}
	if (v.Check.Kind == parse.CheckFailed) != (ev.Kind == parse.ServerDown) {
		return ev
	}
	ev.Reason, ev.Code, ev.Info = v.Check.Reason, v.Check.Code, v.Check.Info
	ev.CheckDurationMS, ev.CheckStep, ev.Agent = v.Check.CheckDurationMS, v.Check.CheckStep, v.Check.Agent
	return ev
}

// wanted reports whether the line tells of an operator's act. HAProxy puts a server into
// maintenance on its own when DNS has no address for it, and lets it stop when its check
// asks for that.
func wanted(ev parse.Event) bool {
	if ev.Kind == parse.ServerStopping {
		return byOperator(ev.Cause)
	}
	return !strings.Contains(ev.Cause, "DNS") && ev.Cause != "No IP for server" && ev.Cause != "entry removed from SRV record"
}

// wantedAway reports whether all who call it away do so because somebody wanted it.
func (sv *server) wantedAway() bool {
	for _, v := range sv.Views {
		if v.Status != up && !v.Wanted {
			return false
		}
	}
	return true
}

// view returns what the observer says of the server, nil when the bound of
// observers is reached.
func (sv *server) view(observer string) *view {
	v := sv.Views[observer]
	if v == nil && len(sv.Views) < MaxObservers {
		v = &view{}
		sv.Views[observer] = v
	}
	return v
}

// failed and working report whether any load balancer says so.
func (sv *server) failed() bool  { return sv.any(func(s status) bool { return s == down }) }
func (sv *server) working() bool { return sv.any(status.planned) }

// idle reports that nothing is known of the server but that it is up.
func (sv *server) idle() bool {
	if sv.Outage != "" || sv.Work != "" {
		return false
	}
	for _, v := range sv.Views {
		if v.Status != up || v.Failed > 0 {
			return false
		}
	}
	return true
}

func (sv *server) any(is func(status) bool) bool {
	for _, v := range sv.Views {
		if is(v.Status) {
			return true
		}
	}
	return false
}

// worst is the state to name in a list of the proxy's servers.
func (sv *server) worst() status {
	if sv.failed() {
		return down
	}
	w := up
	for _, v := range sv.Views {
		w = max(w, v.Status)
	}
	return w
}
