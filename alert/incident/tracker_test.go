package incident_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/internal/alerttest"
)

// recorder is an audience that writes down what it hears. It has told nothing yet.
type recorder struct {
	steps []string
	told  map[string]bool // by id
}

var kinds = map[incident.Kind]string{
	incident.Opened: "opened", incident.Joined: "joined", incident.Parted: "parted", incident.TookOver: "took over",
	incident.SeenDown: "seen down", incident.SeenUp: "seen up", incident.SeenAgain: "seen again", incident.StillDown: "still down",
	incident.PartlyUp: "partly up", incident.Relapsed: "relapsed", incident.Confirmed: "confirmed", incident.Changed: "changed",
	incident.Again: "again", incident.Doubted: "doubted", incident.Certain: "certain", incident.Calmed: "calmed",
	incident.Settled: "settled", incident.Closed: "closed", incident.Expired: "expired",
}

func (r *recorder) Step(s incident.Step) bool {
	words := s.Name() + " " + kinds[s.Kind]
	if s.Kind == incident.Joined {
		words += " " + s.Parent.Name()
	}
	r.steps = append(r.steps, words)
	return false
}

func (r *recorder) Unheard(id string) bool                         { return !r.told[id] }
func (r *recorder) Covers(_, _ *incident.Record, _ time.Time) bool { return true }
func (r *recorder) take() string                                   { s := strings.Join(r.steps, ", "); r.steps = nil; return s }

// tracked is a tracker with its audience, a clock and what is open.
type tracked struct {
	*incident.Tracker
	*recorder
	now time.Time
}

func newTracked(p alert.Policy) *tracked {
	table, over := &health.Table{}, alert.Overflow{}
	table.Configure(p, over)
	tr := &tracked{&incident.Tracker{}, &recorder{told: map[string]bool{}}, alerttest.Start}
	tr.Configure(p, table, over)
	tr.Audience = tr.recorder
	return tr
}

const (
	empty  = ". 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	reason = ", reason: Layer4 timeout, check duration: 1ms"
)

// TestSteps says which steps each line makes.
func TestSteps(t *testing.T) {
	for name, lines := range map[string][][2]string{
		"an outage": {
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 opened"},
			{"lb1 1 Server be/s1 is UP, reason: Layer4 check passed" + alerttest.Online, "be/s1 certain, be/s1 seen up, be/s1 closed"},
		},
		"a failed check that says UP opens nothing": {
			{"lb1 1 Health check for server be/s1 failed" + reason + ", status: 2/3 UP.", ""},
		},
		"work takes the place of an outage": {
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 opened"},
			{"lb1 1 Server be/s1 was DOWN and now enters maintenance.", "be/s1 certain, be/s1 closed, be/s1 opened, be/s1 took over"},
		},
		"two load balancers differ": {
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 opened"},
			{"lb2 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 certain, be/s1 seen down"},
			{"lb1 1 Server be/s1 is UP, reason: Layer4 check passed" + alerttest.Online, "be/s1 certain, be/s1 seen up"},
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 certain, be/s1 seen down, be/s1 seen again"},
		},
		"the last server goes": {
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 opened"},
			{"lb1 1 Server be/s2 is DOWN" + reason + empty, "be/s2 opened, be/s1 joined be, be/s2 joined be, be opened"},
			{"lb1 1 proxy be has no server available!", "be certain, be confirmed"},
			{"lb1 1 Server be/s1 is UP, reason: Layer4 check passed" + alerttest.Online, "be/s1 certain, be/s1 seen up, be/s1 closed, be partly up"},
			{"lb1 1 Server be/s2 is UP, reason: Layer4 check passed" + alerttest.Online, "be/s2 certain, be/s2 seen up, be/s2 closed, be closed"},
		},
		"a tracked server takes its followers along": {
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 opened"},
			{"lb1 1 Server web/t1 is DOWN via be/s1" + alerttest.Left, "web/t1 joined be/s1"},
			{"lb1 1 Server be/s1 is UP, reason: Layer4 check passed" + alerttest.Online, "be/s1 certain, be/s1 seen up, be/s1 closed, web/t1 parted"},
		},
		"a reload": {
			{"lb1 1 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 opened"},
			{"lb1 2 Server web/s1 is DOWN" + reason + alerttest.Left, "be/s1 doubted, web/s1 opened"},
			{"lb1 2 Server be/s1 is DOWN" + reason + alerttest.Left, "be/s1 certain"},
		},
		"a limit": {
			{"lb1 1 Proxy fe reached process FD limit (maxsock=100). Please check 'ulimit-n' and restart.", "fe opened, fe again"},
			{"lb1 1 Proxy fe reached process FD limit (maxsock=100). Please check 'ulimit-n' and restart.", "fe again"},
		},
	} {
		tr := newTracked(alert.Policy{ReloadQuiet: time.Minute, LimitQuiet: time.Minute})
		for _, l := range lines {
			host, rest, _ := strings.Cut(l[0], " ")
			pid, text, _ := strings.Cut(rest, " ")
			tr.now = tr.now.Add(time.Second)
			tr.Observe(alerttest.Observed(t, tr.now, host, pid, text))
			if got := tr.take(); got != l[1] {
				t.Errorf("%s: %q\n got %s\nwant %s", name, text, got, l[1])
			}
		}
	}
}

// TestReached says what the end of a wait does to an incident.
func TestReached(t *testing.T) {
	tr := newTracked(alert.Policy{ReloadQuiet: time.Minute, LimitQuiet: time.Minute})
	tr.Observe(alerttest.Observed(t, tr.now, "lb1", "1", "Server be/s1 is DOWN"+reason+alerttest.Left))
	down := tr.Open()[0]
	due := tr.now.Add(time.Minute)
	tr.Reached(incident.Reached{ID: down.ID, End: incident.Unknown, Due: due})
	if r := tr.Get(down.ID); !r.Unknown || !r.UnknownSince.Equal(due) || !r.Open() {
		t.Errorf("it is not unknown since %v: %+v", due, r)
	}
	tr.now = due.Add(time.Minute)
	tr.take()
	tr.Observe(alerttest.Observed(t, tr.now, "lb1", "1", "Server be/s1 is DOWN"+reason+alerttest.Left))
	if got, want := tr.take(), "be/s1 expired, be/s1 opened"; got != want {
		t.Errorf("a new outage after an unknown one: %s, want %s", got, want)
	}
	if ended := tr.TakeEnded(); len(ended) != 1 || !ended[0].Closed.Equal(due) {
		t.Errorf("the unknown one ended as %+v, want closed at %v", ended, due)
	}
	tr.Observe(alerttest.Observed(t, tr.now, "lb1", "1", "Proxy fe reached process FD limit (maxsock=100). Please check 'ulimit-n' and restart."))
	var limit string
	for id, r := range tr.Records {
		if r.Class == incident.Limit {
			limit = id
		}
	}
	if closed := tr.Reached(incident.Reached{ID: limit, End: incident.Quiet, Due: due}); len(closed) != 1 || len(tr.Troubles) != 0 {
		t.Errorf("a limit that went quiet: closed %v, open %v", closed, tr.Troubles)
	}
}

// What a bound leaves out is counted.
func TestTroublesAreBounded(t *testing.T) {
	over := alert.Overflow{}
	table := &health.Table{}
	table.Configure(alert.Policy{}, over)
	tr := &incident.Tracker{Audience: &recorder{}}
	tr.Configure(alert.Policy{}, table, over)
	for k := range incident.MaxSilent + 3 {
		tr.Source(alert.Fact{Kind: alert.Operator, Time: alerttest.Start, At: alerttest.Start, Quiet: fmt.Sprint("lb", k)})
	}
	if n := len(tr.Sources(incident.Silent)); n != incident.MaxSilent || over["silent sources"] != 3 {
		t.Errorf("%d are silent, left out %v", n, over)
	}
}
