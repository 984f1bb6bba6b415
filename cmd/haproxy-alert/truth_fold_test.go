package main

import (
	"bytes"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/cmd/haproxy-alert/recognise"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
)

// folding leads the lines of a capture through the program's own core and keeps what
// it said of each server after each line.
type folding struct {
	state    *engine.State
	timeline syslog.Timeline
	// history is, for each server and proxy, what its lines made of it, in order.
	history map[string][]turn
	// each, when set, gets each health line after it was folded.
	each func(frame []byte, ev parse.Event)
}

// turn is what a line made of a server, or of a proxy.
type turn struct {
	at    time.Time // in whole seconds, as RFC 3164 writes it
	state string
}

func newFolding() *folding {
	return &folding{
		state:    engine.New(alert.Policy{Timing: alert.Timing{GroupWait: alert.DefaultGroupWait}}, nil),
		timeline: syslog.Timeline{Location: time.UTC, Year: 2026},
		history:  map[string][]turn{},
	}
}

// take folds the lines of a log.
func (f *folding) take(log []byte) {
	for frame := range bytes.Lines(log) {
		m := f.timeline.Parse(frame)
		ev, ok := parse.Line(m.Text)
		if !ok {
			continue
		}
		fact := recognise.Observation(m, ev, m.Time)
		fact.Time = m.Time
		f.state.Apply(fact)
		f.note(m.Time, ev)
		if f.each != nil {
			f.each(frame, ev)
		}
	}
}

// note keeps what a line made of its server and its proxy, if it is of the kind that
// may change them.
func (f *folding) note(at time.Time, ev parse.Event) {
	if ev.Kind == parse.StateDump || ev.Server == "" && ev.Kind != parse.NoServer {
		return
	}
	now, subjects := f.states(), []string{ev.Proxy}
	if ev.Server != "" {
		subjects = append(subjects, ev.Key())
	}
	for _, subject := range subjects {
		f.history[subject] = append(f.history[subject], turn{at, stateOf(now, subject, isUp)})
	}
}

// states are those of the servers that are not up, and of the proxies that have no
// server left.
func (f *folding) states() map[string]string {
	all := map[string]string{}
	for _, s := range f.state.Standings() {
		all[s.Proxy+"/"+s.Server] = s.State
	}
	for _, key := range f.state.Empty() {
		all[key] = isNone
	}
	return all
}

// events reads the health lines of a log.
func events(log []byte) (all []parse.Event) {
	timeline := syslog.Timeline{Location: time.UTC, Year: 2026}
	for frame := range bytes.Lines(log) {
		if ev, ok := parse.Line(timeline.Parse(frame).Text); ok {
			all = append(all, ev)
		}
	}
	return all
}
