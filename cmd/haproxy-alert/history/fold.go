package history

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/template"
	"haproxy-alert/cmd/haproxy-alert/control"
)

// Read folds the journal. Damage is told and read past.
func (q *inquiry) Read(dir string, warn io.Writer) error {
	for f, err := range journal.Read(dir) {
		if d, ok := errors.AsType[journal.Damage](err); ok {
			fmt.Fprintln(warn, "haproxy-alert: what follows may lack something:", d)
			continue
		}
		if err != nil {
			return err
		}
		if err := q.take(f); err != nil {
			return err
		}
	}
	if err := q.finish(); err != nil {
		return err
	}
	if q.Totals.Strays > 0 {
		fmt.Fprintf(warn, "haproxy-alert: %d deliveries in the journal are of notices that would not be due today: "+
			"the configuration has changed, or the journal no longer has their lines\n", q.Totals.Strays)
	}
	if !q.Totals.Known {
		return fmt.Errorf("why %s: %s", q.name(), q.Totals.nothing(dir))
	}
	return nil
}

// splitName reads PROXY or PROXY/SERVER. HAProxy's names have no slash; log files and the
// addresses of listeners do, and stand where a proxy's name does.
func splitName(name string) (proxy, server string) {
	if strings.HasPrefix(name, "/") || strings.Contains(name, "://") {
		return name, ""
	}
	proxy, server, _ = strings.Cut(name, "/")
	return proxy, server
}

// inquiry folds all facts as the daemon does, and tells what concerns one server, or
// one proxy and its servers.
type inquiry struct {
	proxy, server string
	since         time.Time // rows before it are not shown
	policy        alert.Policy
	state         *engine.State
	show          func(WhyRow) error
	Totals        WhyTotals
	early         []WhyRow // silences, while nothing else is known
	err           error    // of show

	decided  []alert.Decision      // by the fact being applied
	last     alert.Decision        // shown last: a digest has one decision for each part
	opened   map[outage]bool       // shown
	silences map[string]bool       // shown, by id
	quiet    map[string]string     // what flaps, by what is told as flapping with it
	sending  map[sending]*attempts // of any server, until their end
}

// outage is one of the outages of an incident: a flapping one has several.
type outage struct {
	key     string
	planned bool
	opened  int64
}

func outageOf(i alert.Incident) outage { return outage{i.Key, i.Planned, i.Opened.UnixNano()} }

// NewInquiry asks what became of a server or proxy since a time; show is called with each
// row, in their order.
func NewInquiry(name string, since time.Time, p alert.Policy, words *template.Renderer, show func(WhyRow) error) *inquiry {
	q := &inquiry{
		since: since, policy: p, show: show,
		opened: map[outage]bool{}, silences: map[string]bool{}, quiet: map[string]string{}, sending: map[sending]*attempts{},
	}
	q.proxy, q.server = splitName(name)
	q.state = engine.New(p, words.SubjectsOnly(q.mayShow))
	q.state.Trace(func(d alert.Decision) { q.decided = append(q.decided, d) })
	return q
}

func (q *inquiry) name() string {
	if q.server == "" {
		return q.proxy
	}
	return q.proxy + "/" + q.server
}

// mayShow reports whether the subject of a notice may stand in a row.
func (q *inquiry) mayShow(sc template.Data) bool {
	return sc.Proxy == q.proxy || sc.Kind == alert.Digest || len(sc.Along) > 0
}

// about reports whether an incident's key is what was asked for.
func (q *inquiry) about(key string) bool {
	name := alert.NameOf(key)
	return name == q.name() || q.server == "" && strings.HasPrefix(name, q.proxy+"/")
}

// take applies one fact and tells what it is and what follows from it. What became due
// before it, by the clock alone, comes first.
func (q *inquiry) take(f alert.Fact) error {
	copies := q.state.Copies
	q.decided = q.decided[:0]
	closed := q.state.Apply(f)
	now := q.state.Clock()
	if q.Totals.First.IsZero() {
		q.Totals.First = now
	}
	q.Totals.Last = now
	due := q.dueBefore(f, now)
	for _, d := range q.decided[:due] {
		q.decision(d)
	}
	q.fact(f, now, q.state.Copies > copies)
	for _, i := range closed {
		q.closedRow(i, now)
	}
	for _, d := range q.decided[due:] {
		q.decision(d)
	}
	return q.err
}

// dueBefore returns how many of the decisions were due before the fact. Only a line
// makes further ones, as it ends what hold_down held, and what is told at once: that
// nothing is heard, or lines are lost.
func (q *inquiry) dueBefore(f alert.Fact, now time.Time) int {
	k := slices.IndexFunc(q.decided, func(d alert.Decision) bool { return !d.Time.Before(now) })
	if k < 0 || f.Kind != alert.Observed && f.Quiet == "" {
		return len(q.decided)
	}
	return k
}

// row shows a row, behind the silences from before there was anything to silence: of a
// name that nothing is known of they would pretend the contrary.
func (q *inquiry) row(r WhyRow) {
	if !q.Totals.Known && (r.Type == WhySilence || r.Type == WhyLifted) {
		q.early = append(q.early, r)
		return
	}
	q.Totals.Known = true
	for _, e := range q.early {
		q.write(e)
	}
	q.early = nil
	q.write(r)
}

// write counts and writes a row, and keeps the first error. What is still to happen is
// shown whenever it became due.
func (q *inquiry) write(r WhyRow) {
	if r.Time.Before(q.since) && r.Type != WhyWaiting && r.Type != WhyComing {
		return
	}
	q.Totals.count(r.Type)
	if q.err == nil {
		q.err = q.show(r)
	}
}

func (q *inquiry) fact(f alert.Fact, now time.Time, isCopy bool) {
	switch f.Kind {
	case alert.Observed:
		q.line(f, now, isCopy)
	case alert.Operator:
		q.command(f, now)
		q.begun(f, now)
	case alert.Delivered, alert.Failed, alert.Refused, alert.GaveUp:
		q.outcome(f, now)
	}
}

// line tells a health line and the incidents it opened.
func (q *inquiry) line(f alert.Fact, now time.Time, isCopy bool) {
	if f.Name() != q.proxy {
		return
	}
	if key := cmp.Or(f.Event.Key(), f.Name()); q.about(key) {
		r := WhyRow{
			Type: WhyLine, Time: now, Key: key, Observer: f.Source.Observer(), Kind: f.Event.Kind.String(), Text: f.Text, Copy: isCopy,
		}
		if _, flapping := q.quiet[key]; flapping && !isCopy {
			r.Rule = "flapping"
		}
		if rule := q.policy.Ignores(f.Event.Kind); !isCopy {
			r.Rule = cmp.Or(r.Rule, rule)
		}
		if said := cmp.Or(f.Said, f.At); said.Sub(now).Abs() > lateLine {
			r.Said = said
		}
		q.row(r)
	}
	q.begun(f, now)
}

// begun tells the incidents that a fact opened.
func (q *inquiry) begun(f alert.Fact, now time.Time) {
	for _, i := range q.state.About(f) {
		if q.about(i.Key) && !q.opened[outageOf(i)] {
			q.opened[outageOf(i)] = true
			q.row(incidentRow(WhyOpened, i, now))
		}
	}
}

// lateLine is how far a line's own time may be from ours without being mentioned.
const lateLine = 2 * time.Second

func (q *inquiry) closedRow(i alert.Incident, now time.Time) {
	if !q.about(i.Key) {
		return
	}
	delete(q.opened, outageOf(i))
	r := incidentRow(WhyClosed, i, now)
	r.DurationS = i.Duration(now).Seconds()
	q.row(r)
}

func incidentRow(t whyType, i alert.Incident, now time.Time) WhyRow {
	return WhyRow{
		Type: t, Time: now, Key: alert.NameOf(i.Key), Incident: i.ID, Planned: i.Planned, Severity: i.Severity.String(), Text: i.Reason,
	}
}

// command tells of a silence that may be about what was asked for.
func (q *inquiry) command(f alert.Fact, now time.Time) {
	switch {
	case f.Silence.ID == "":
	case f.Expire && q.silences[f.Silence.ID]:
		q.row(WhyRow{Type: WhyLifted, Time: now, Rule: "silence " + f.Silence.ID})
	case !f.Expire && f.Silence.Match.Concerns(q.proxy, q.server):
		q.silences[f.Silence.ID] = true
		form := control.FormOf(f.Silence)
		q.row(WhyRow{Type: WhySilence, Time: now, Rule: "silence " + f.Silence.ID, Text: form.What() + ", " + form.When()})
	}
}
