package incident

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/health"
	"haproxy-alert/parse"
)

// Tracker follows the incidents of all servers and proxies, and the troubles.
type Tracker struct {
	Records map[string]*Record `json:",omitempty"` // by id; those closed as long as they wait to be told
	// Servers and Proxies are the open incidents, by key of the server or proxy.
	Servers map[string]Pair   `json:",omitempty"`
	Proxies map[string]string `json:",omitempty"`
	// Troubles are the open incidents that are about no server, by key.
	Troubles map[string]string `json:",omitempty"`
	// WaitingForParent are untold incidents, by the key of the server that they follow.
	WaitingForParent map[string][]string `json:",omitempty"`
	Flappers         map[string]*Flapper `json:",omitempty"` // by key
	FlapsSwept       time.Time           `json:",omitzero"`
	History          History             `json:",omitzero"`
	Audience         Audience            `json:"-"`

	policy   alert.Policy
	health   *health.Table
	overflow alert.Overflow
	ended    []alert.Incident // by the fact being applied, beside those it closes
}

// Pair are the open incidents of a server: a failure, and planned work. Both can be open
// when two load balancers differ.
type Pair struct {
	Outage string `json:",omitempty"`
	Work   string `json:",omitempty"`
}

func (p Pair) ids() [2]string { return [2]string{p.Outage, p.Work} }

// Configure gives the tracker, new or out of a checkpoint, what it goes by; what a bound
// cuts off is counted in overflow.
func (t *Tracker) Configure(policy alert.Policy, table *health.Table, overflow alert.Overflow) {
	t.policy, t.health, t.overflow = policy, table, overflow
	fill(&t.Records)
	fill(&t.Servers)
	fill(&t.Proxies)
	fill(&t.Troubles)
	fill(&t.WaitingForParent)
	fill(&t.Flappers)
	fill(&t.History.Outages)
	t.History.overflow = overflow
}

func fill[M ~map[K]V, K comparable, V any](m *M) {
	if *m == nil {
		*m = M{}
	}
}

// Observe takes an observed line and returns the incidents it closed.
func (t *Tracker) Observe(f alert.Fact) []alert.Incident {
	for range t.health.Meet(f) {
		t.doubt(f)
	}
	switch {
	case f.Event.Kind == parse.NoServer:
		t.lost(f, 0)
	case f.Event.Server != "" && f.Event.Kind != parse.StateDump:
		return t.serverLine(f)
	default:
		t.troubleLine(f)
	}
	return nil
}

// serverLine takes a line about one server: it moves the observer's view, opens
// or closes the server's incidents and tells the proxy's incident of it.
func (t *Tracker) serverLine(f alert.Fact) []alert.Incident {
	key := t.health.ServerKey(f)
	sv, v := t.health.Server(key, f)
	if sv == nil {
		return nil
	}
	if r := t.Records[t.Servers[key].Outage]; r != nil && r.Unknown && failure(f.Event) {
		t.expire(r)
	}
	before, process := v.Status, v.PID
	f.Event = t.health.Note(key, sv, v, f)
	for _, id := range t.Servers[key].ids() {
		if r := t.Records[id]; r != nil && recorded(f.Event.Kind) {
			t.clear(r, f)
			t.compareViews(r, before, v.Status, f)
			if before == health.Down && v.Status == health.Down && process != f.Source.PID &&
				f.Time.Sub(r.LastSeen) >= SeenAgainAfter {
				t.step(StillDown, r, f)
			}
			t.add(r, f)
		}
	}
	closed := t.follow(key, sv, v, f)
	closed = append(closed, t.backInService(t.health.ProxyKey(f), f)...)
	t.emptied(f)
	t.forget(key)
	return closed
}

// follow opens and closes the server's two incidents as its views now demand.
func (t *Tracker) follow(key string, sv *health.Server, v *health.View, f alert.Fact) []alert.Incident {
	var closed []alert.Incident
	own := t.Servers[key]
	before := own.Outage
	if t.Records[before] == nil {
		before = own.Work
	}
	if own.Outage != "" && !sv.Failed() {
		closed = append(closed, t.end(own.Outage, v.Status, f)...)
	}
	if own.Work != "" && !sv.Working() {
		closed = append(closed, t.end(own.Work, v.Status, f)...)
	}
	switch r := t.Records[t.Servers[key].Outage]; {
	case r != nil && !r.CalmSince.IsZero() && sv.Failed():
		t.failsAgain(r, f)
	case r == nil && sv.Failed():
		t.openServer(key, v, f, false)
	}
	if t.Servers[key].Work == "" && sv.Working() {
		r := t.openServer(key, v, f, true)
		if len(closed) > 0 {
			t.takeOver(r, before, f)
		}
	}
	return closed
}

// takeOver makes planned work that took over a failed server a part of the
// outage's conversation: the outage's last notice tells of it already.
func (t *Tracker) takeOver(work *Record, outage string, f alert.Fact) {
	s := t.stepOf(TookOver, work, f)
	s.Follows = outage
	if t.Audience.Step(s) {
		work.Parent = ""
		t.part(work, f)
	}
}

// openServer opens an incident of a server: alone, or as a part of what the server
// follows.
func (t *Tracker) openServer(key string, v *health.View, f alert.Fact, planned bool) *Record {
	r := t.open(key, f, planned && t.policy.Planned != alert.PlannedAlert)
	r.Failed = v.Failed
	if parent := t.tracked(f); parent != nil && t.mayJoin(parent, r, f.Time) {
		t.join(parent, r)
	} else {
		t.begin(r, f, 0)
		t.joinWaiting(key, r)
		if f.Event.Via != "" && r.Parent == "" {
			via := t.health.ViaKey(f)
			t.WaitingForParent[via] = append(t.WaitingForParent[via], r.ID)
		}
	}
	own := t.Servers[key]
	if planned {
		own.Work = r.ID
	} else {
		own.Outage = r.ID
	}
	t.Servers[key] = own
	return r
}

// begin tells that an incident is there, as flapping when it is.
func (t *Tracker) begin(r *Record, f alert.Fact, wait time.Duration) {
	if !r.Planned {
		t.changed(r.Key, changedAt(f))
		r.Flapping = t.flaps(r.Key, changedAt(f))
	}
	if r.Flapping && r.Server != "" {
		if parent := t.Records[t.Proxies[t.health.ProxyKey(f)]]; parent != nil && parent.Flapping {
			t.join(parent, r) // the proxy flaps with it, and is told as such
			return
		}
	}
	s := t.stepOf(Opened, r, f)
	s.Wait = wait
	t.Audience.Step(s)
	if r.Flapping {
		t.stepChanged(r, f)
	}
}

// open makes the record of a new incident.
func (t *Tracker) open(key string, f alert.Fact, planned bool) *Record {
	r := &Record{Incident: alert.Incident{
		ID: newID(key, f), Key: key, Proxy: f.Event.Proxy, Server: f.Event.Server,
		Opened: f.At, Planned: planned, Severity: alert.Alert, Reason: reasonOf(f.Event),
		Observers: []string{},
	}, Event: f.Event}
	if planned {
		r.Severity = alert.Normal
	}
	r.AfterReload = !t.health.Grace(f).IsZero()
	t.add(r, f)
	t.Records[r.ID] = r
	return r
}

// add takes a line, and the counts it says, into the record.
func (t *Tracker) add(r *Record, f alert.Fact) {
	r.add(f)
	if c, said := CountsOf(f.Event); said {
		c.Total = c.Active + c.Backup + t.health.Away(t.health.ProxyKey(f))
		r.Counts = c
	}
}

// end closes an incident and takes it off its server or proxy, unless it is flapping:
// then it may only be up for a moment.
func (t *Tracker) end(id string, to health.Status, f alert.Fact) []alert.Incident {
	r := t.Records[id]
	if r.Flapping {
		if r.CalmSince.IsZero() {
			t.changed(r.Key, changedAt(f))
			t.upForNow(r, to, f)
		}
		return nil
	}
	t.takeOff(r)
	return []alert.Incident{t.close(r, to, f)}
}

// close ends an incident; to is the state its server is in now.
func (t *Tracker) close(r *Record, to health.Status, f alert.Fact) alert.Incident {
	r.Closed = alert.Later(f.At, r.Opened)
	r.EndCause = to.String()
	if !r.Planned {
		t.changed(r.Key, changedAt(f))
		t.History.enter(r.Incident)
	}
	s := t.stepOf(Closed, r, f)
	_, s.SaidCounts = CountsOf(f.Event)
	waits := t.Audience.Step(s)
	t.part(r, f)
	if !waits {
		t.Drop(r.ID)
	}
	return r.Incident
}

// takeOff takes an incident off its server or proxy.
func (t *Tracker) takeOff(r *Record) {
	if r.Server == "" {
		if t.Proxies[r.Key] == r.ID {
			delete(t.Proxies, r.Key)
		}
		return
	}
	own := t.Servers[r.Key]
	if own.Outage == r.ID {
		own.Outage = ""
	}
	if own.Work == r.ID {
		own.Work = ""
	}
	if own == (Pair{}) {
		delete(t.Servers, r.Key)
		return
	}
	t.Servers[r.Key] = own
}

// forget drops a server that is up again everywhere and has no incident.
func (t *Tracker) forget(key string) {
	if t.Servers[key] == (Pair{}) {
		t.health.Forget(key)
	}
}

// stepOf is a step that a fact makes.
func (t *Tracker) stepOf(k Kind, r *Record, f alert.Fact) Step {
	return Step{Record: r, Kind: k, At: f.At, Time: f.Time, Grace: t.health.Grace(f)}
}

// step tells the audience of a step that needs nothing but its fact.
func (t *Tracker) step(k Kind, r *Record, f alert.Fact) bool {
	return t.Audience.Step(t.stepOf(k, r, f))
}

// Reached takes that a wait about an incident is over, and returns the incidents that
// closed with it.
func (t *Tracker) Reached(e Reached) []alert.Incident {
	r := t.Records[e.ID]
	if r.Event.Via != "" {
		t.WaitingForParent = map[string][]string{} // what is flushed is told: too late to join
	}
	switch e.End {
	case Calm:
		t.calmed(r, e.Due)
	case Unknown:
		r.Unknown, r.UnknownSince = true, e.Due
	case Quiet:
		return []alert.Incident{t.settle(r, e.Due)}
	case Told:
	}
	return nil
}

// TakeEnded returns the incidents that ended since the last call, beside those that
// Observe and Reached returned.
func (t *Tracker) TakeEnded() []alert.Incident {
	ended := t.ended
	t.ended = nil
	return ended
}

// Get returns the record of an incident, nil when it is not kept any more.
func (t *Tracker) Get(id string) *Record { return t.Records[id] }

// Drop forgets an incident that is over and of which nothing is left to tell.
func (t *Tracker) Drop(id string) {
	if r := t.Records[id]; r != nil && !r.Open() {
		delete(t.Records, id)
	}
}

// Open returns the open incidents, in the order of their opening.
func (t *Tracker) Open() []alert.Incident {
	return openOf(slices.Collect(maps.Values(t.Records)))
}

// About returns the open incidents of the server and of the proxy that a fact is about,
// oldest first; of a source, a listener or a log file that of its trouble.
func (t *Tracker) About(f alert.Fact) []alert.Incident {
	var list []*Record
	ids := []string{t.Troubles[sourceTroubleOf(f).key], t.Proxies[t.health.ProxyKey(f)], t.Troubles[troubleKeyOf(f)]}
	if f.Event.Server != "" {
		own := t.Servers[t.health.ServerKey(f)]
		ids = append(ids, own.Outage, own.Work)
	}
	for _, id := range ids {
		if r := t.Records[id]; r != nil {
			list = append(list, r)
		}
	}
	return openOf(list)
}

func openOf(list []*Record) []alert.Incident {
	var open []alert.Incident
	for _, r := range list {
		if r.Open() && r.CalmSince.IsZero() {
			open = append(open, r.Incident)
		}
	}
	slices.SortFunc(open, func(a, b alert.Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
	})
	return open
}

// Sweep drops, now and then, what is too old to matter.
func (t *Tracker) Sweep(now time.Time) { t.History.sweep(now) }

// failure reports whether the line is news of an outage.
func failure(ev parse.Event) bool {
	return ev.Kind == parse.ServerDown || ev.Kind == parse.CheckFailed && !ev.Agent && ev.StatusState == "DOWN"
}

// recorded leaves check lines out of an open incident's record: they repeat, and
// the count of failed checks says it shorter.
func recorded(k parse.Kind) bool { return k != parse.CheckFailed && k != parse.CheckPassed }
