package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// A listener is a channel that takes each notice at once and keeps what it was told.
type listener struct {
	state *engine.State
	next  time.Time               // when something will be due; zero when nothing is
	last  map[string]alert.Notice // the latest one told, by what it is about
	bad   map[string]time.Time    // when it was last told to be down
	flaps map[string]bool         // it was told to be flapping
	told  []alert.Notice
}

func newListener(p alert.Policy) *listener {
	l := &listener{
		state: engine.New(p, nil),
		last:  map[string]alert.Notice{}, bad: map[string]time.Time{}, flaps: map[string]bool{},
	}
	l.state.Trace(func(d alert.Decision) {
		if len(d.Channels) > 0 {
			l.note(d.Key, d.Notice)
		}
	})
	return l
}

func (l *listener) note(about string, n alert.Notice) {
	l.last[about] = n
	if isBad(n) {
		l.bad[about] = n.Time
	}
	if strings.HasPrefix(n.Subject, "[FLAPPING]") {
		l.flaps[about] = true
	}
}

// hear applies a fact, after all that was due before it was told.
func (l *listener) hear(f alert.Fact) {
	if !l.next.IsZero() && !l.next.After(f.Time) {
		l.listen(f.Time)
	}
	l.state.Apply(f)
	l.next = l.state.Due(f.Time, nil).Next
	if l.next.IsZero() {
		l.next = f.Time // something is due now
	}
}

// listen takes all notices that are due by now.
func (l *listener) listen(now time.Time) {
	for plan := l.state.Due(now, nil); len(plan.Send) > 0 || plan.Idle; plan = l.state.Due(now, nil) {
		if plan.Idle {
			l.state.Apply(alert.Fact{Kind: alert.Operator, Time: now})
		}
		for _, d := range plan.Send {
			l.told = append(l.told, d.Notice)
			l.state.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID})
		}
	}
}

// heard reports whether anything told since the server went down says so, or that it
// is so unsteady that it may be.
func (l *listener) heard(s slot) bool {
	since := s.of.down[s.n]
	return l.flaps[s.name()] || l.flaps[s.of.name] || !l.bad[s.name()].Before(since) || !l.bad[s.of.name].Before(since)
}

// knows reports whether the latest notice about the server, or about its backend, says
// so.
func (l *listener) knows(s slot) bool {
	if l.flaps[s.name()] || l.flaps[s.of.name] {
		return true
	}
	for _, about := range []string{s.name(), s.of.name} {
		n := l.last[about]
		if isBad(n) || strings.Contains(n.Body, s.name()+" down") { // of a backend that is partly up
			return true
		}
	}
	return false
}

func isBad(n alert.Notice) bool {
	return strings.HasPrefix(n.Subject, "[DOWN]") || strings.HasPrefix(n.Subject, "[PARTLY UP]")
}

// kinds counts what was told, by kind and the subject's mark.
func (l *listener) kinds() map[string]int {
	n := map[string]int{}
	for _, told := range l.told {
		mark, _, _ := strings.Cut(told.Subject, "]")
		n[fmt.Sprintf("%v %s]", told.Kind, mark)]++
	}
	return n
}

func (l *listener) downServers() []string {
	var down []string
	for _, st := range l.state.Standings() {
		if st.State == "down" {
			down = append(down, st.Proxy+"/"+st.Server)
		}
	}
	slices.Sort(down)
	return down
}
