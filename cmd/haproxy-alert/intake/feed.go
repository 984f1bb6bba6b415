package intake

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/loop"
	"haproxy-alert/cmd/haproxy-alert/recognise"
	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/receive"
	"haproxy-alert/syslog/timestamp"
)

// Feed leads frames from the receivers to the loop: it finds the body of each, drops
// what is not about health, and reads the rest. Receivers bring their frames from
// their goroutines; one of its own reads those that may matter, in the order they came.
type Feed struct {
	Loop   *loop.Loop
	Log    *slog.Logger
	Intake *intake

	Receivers []*receive.Receiver // whose frames it leads
	Files     []*followed         // they lead their lines themselves
	events    atomic.Int64        // those that are health lines
	misses    nearMisses          // those that look like one
	Ears      *ears               // who is heard at all
	Drops     time.Duration       // see leak and gap
}

// NewFeed leads lines to a loop. Backlog is how many octets may wait, quiet after how long a
// sender counts as silent (0: never).
func NewFeed(loop *loop.Loop, backlog int, quiet time.Duration, log *slog.Logger) *Feed {
	return &Feed{
		Loop: loop, Log: log, Intake: newIntake(backlog, log),
		misses: nearMisses{log: log}, Ears: newEars(loop, quiet, log),
	}
}

// Sink returns what a receiver is to do with its frames. It waits while the intake has
// no room; patient says that the senders can wait with it.
func (f *Feed) Sink(listener string, patient bool) receive.Sink {
	return func(fr syslog.Frame) {
		if fr.First {
			f.Ears.hear(fr.Peer)
		}
		if !parse.Candidate(syslog.Body(fr.Data)) {
			return
		}
		f.Intake.put(incoming{data: bytes.Clone(fr.Data), cut: fr.Cut, patient: patient, peer: fr.Peer, listener: listener})
	}
}

// Run reads what came until the intake is closed and empty: lines that reached us are
// not dropped at shutdown, however long the loop takes.
func (f *Feed) Run() {
	var room []incoming
	for lines := f.Intake.take(nil); len(lines) > 0; lines = f.Intake.take(room) {
		for k := range lines {
			f.read(&lines[k])
			f.Intake.done(&lines[k])
		}
		room = lines
	}
}

// read tells the loop of a line if it is a health line.
func (f *Feed) read(r *incoming) {
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
	if err := f.Loop.Observe(context.Background(), fact); err != nil {
		f.Log.Error("cannot take in line", "text", m.Text, "err", err)
	}
}

// fact makes the fact of a line that came at now; false says that it is no health line.
func (f *Feed) fact(m syslog.Message, cut bool, listener string, now time.Time) (alert.Fact, bool) {
	if m.Panicked {
		f.Log.Error("header parser panicked, line read without it", "text", term.Visible(m.Text))
	}
	ev, ok := parse.Line(m.Text)
	ev.Truncated = ev.Truncated || cut
	fact := recognise.Observation(m, ev, now)
	fact.Source.Listener = listener
	return fact, ok
}

// Counts returns how many lines came, how many of them were health lines, and how many
// bytes of such lines may wait to be recorded. The receivers count the lines, once a
// read: to count each again here would cost more than to see that it is traffic.
func (f *Feed) Counts() (lines, events int64, waiting int) {
	for _, r := range f.Receivers {
		lines += int64(r.Stats().Frames)
	}
	for _, l := range f.Files {
		lines += l.Stats().Lines
	}
	return lines, f.events.Load(), f.Intake.waiting()
}
