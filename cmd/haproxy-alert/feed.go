package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
)

// clockSlack is how far a line's own time may be from ours before it is taken for
// a wrong clock, and ours is used.
const clockSlack = 24 * time.Hour

// feed leads frames from the receivers to the loop: it finds the body of each,
// drops what is not about health, and reads the rest. Receivers call it from
// their goroutines; it keeps nothing but counters.
type feed struct {
	loop *alert.Loop
	log  *slog.Logger

	receivers []*syslog.Receiver // whose frames it leads
	events    atomic.Int64       // those that are health lines
	misses    nearMisses         // those that look like one
	ears      *ears              // who is heard at all
	drops     time.Duration      // see leak
}

func newFeed(loop *alert.Loop, quiet time.Duration, log *slog.Logger) *feed {
	return &feed{loop: loop, log: log, misses: nearMisses{log: log}, ears: newEars(loop, quiet, log)}
}

// sink returns what a receiver is to do with its frames. It waits for the loop
// however long that takes: lines that reached us are not dropped at shutdown.
func (f *feed) sink(listener string) syslog.Sink {
	return func(fr syslog.Frame) {
		if fr.First {
			f.ears.hear(fr.Peer)
		}
		if !parse.Candidate(syslog.Body(fr.Data)) {
			return
		}
		now := time.Now()
		m := syslog.Parse(fr.Data, syslog.Clock{Near: now, Location: time.Local})
		if m.Panicked {
			f.log.Error("header parser panicked, line read without it", "text", visible(m.Text))
		}
		ev, ok := parse.Line(m.Text)
		ev.Truncated = ev.Truncated || fr.Cut
		fact := observation(m, ev, now)
		fact.Source.Listener = listener
		if fr.Peer.IsValid() {
			fact.Source.Peer = fr.Peer.String()
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
}

// counts returns how many lines came, and how many of them are health lines. The
// receivers count the lines, once a read: to count each again here would cost more than
// to see that it is traffic.
func (f *feed) counts() (lines, events int64) {
	for _, r := range f.receivers {
		lines += int64(r.Stats().Frames)
	}
	return lines, f.events.Load()
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
	if m.Time.IsZero() || m.Time.Sub(now).Abs() > clockSlack {
		f.At, f.Said = now.Round(0), m.Time
	}
	return f
}
