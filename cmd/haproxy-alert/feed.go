package main

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/loop"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/receive"
	"haproxy-alert/syslog/timestamp"
)

// clockSlack is how far a line's own time may be from ours before it is taken for
// a wrong clock, and ours is used.
const clockSlack = 24 * time.Hour

// feed leads frames from the receivers to the loop: it finds the body of each, drops
// what is not about health, and reads the rest. Receivers bring their frames from
// their goroutines; one of its own reads those that may matter, in the order they came.
type feed struct {
	loop   *loop.Loop
	log    *slog.Logger
	intake *intake

	receivers []*receive.Receiver // whose frames it leads
	files     []*followed         // they lead their lines themselves
	events    atomic.Int64        // those that are health lines
	misses    nearMisses          // those that look like one
	ears      *ears               // who is heard at all
	drops     time.Duration       // see leak and gap
}

func newFeed(loop *loop.Loop, backlog int, quiet time.Duration, log *slog.Logger) *feed {
	return &feed{
		loop: loop, log: log, intake: newIntake(backlog, log),
		misses: nearMisses{log: log}, ears: newEars(loop, quiet, log),
	}
}

// sink returns what a receiver is to do with its frames. It waits while the intake has
// no room; patient says that the senders can wait with it.
func (f *feed) sink(listener string, patient bool) receive.Sink {
	return func(fr syslog.Frame) {
		if fr.First {
			f.ears.hear(fr.Peer)
		}
		if !parse.Candidate(syslog.Body(fr.Data)) {
			return
		}
		f.intake.put(incoming{data: bytes.Clone(fr.Data), cut: fr.Cut, patient: patient, peer: fr.Peer, listener: listener})
	}
}

// run reads what came until the intake is closed and empty: lines that reached us are
// not dropped at shutdown, however long the loop takes.
func (f *feed) run() {
	var room []incoming
	for lines := f.intake.take(nil); len(lines) > 0; lines = f.intake.take(room) {
		for k := range lines {
			f.read(&lines[k])
			f.intake.done(&lines[k])
		}
		room = lines
	}
}

// read tells the loop of a line if it is a health line.
func (f *feed) read(r *incoming) {
	m := syslog.Parse(r.data, timestamp.Clock{Near: r.at, Location: time.Local, Live: true})
	fact, ok := f.fact(m, r.cut, r.listener, r.at)
	if r.peer.IsValid() {
		fact.Source.Peer = r.peer.String()
	}
	if !ok {
		f.misses.add(fact.Source.Observer(), m.Text)
		return
	}
	f.events.Add(1)
	if err := f.loop.Observe(context.Background(), fact); err != nil {
		f.log.Error("cannot take in line", "text", m.Text, "err", err)
	}
}

// fact makes the fact of a line that came at now; false says that it is no health line.
func (f *feed) fact(m syslog.Message, cut bool, listener string, now time.Time) (alert.Fact, bool) {
	if m.Panicked {
		f.log.Error("header parser panicked, line read without it", "text", visible(m.Text))
	}
	ev, ok := parse.Line(m.Text)
	ev.Truncated = ev.Truncated || cut
	fact := observation(m, ev, now)
	fact.Source.Listener = listener
	return fact, ok
}

// counts returns how many lines came, how many of them were health lines, and how many
// bytes of such lines may wait to be recorded. The receivers count the lines, once a
// read: to count each again here would cost more than to see that it is traffic.
func (f *feed) counts() (lines, events int64, waiting int) {
	for _, r := range f.receivers {
		lines += int64(r.Stats().Frames)
	}
	for _, l := range f.files {
		lines += l.Stats().Lines
	}
	return lines, f.events.Load(), f.intake.waiting()
}

// observation makes the fact of a health line. Its time is the header's, unless
// that is absent or absurd beside now.
func observation(m syslog.Message, ev parse.Event, now time.Time) alert.Fact {
	f := alert.Fact{
		Kind: alert.Observed, At: m.Time, Event: ev, Text: m.Text,
		Source: alert.Source{
			Host: m.Host, Tag: m.Tag, PID: m.PID,
			Facility: m.Facility, Severity: m.Severity, Copy: m.Copy,
		},
	}
	if m.Moved != 0 {
		f.Said = m.Time.Add(-m.Moved)
	}
	if m.Time.IsZero() || m.Time.Sub(now).Abs() > clockSlack {
		f.At, f.Said = now.Round(0), m.Time
	}
	return f
}
