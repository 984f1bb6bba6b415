package main

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/loop"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/parse"
)

const (
	// startFacts is how many facts a journal of years holds.
	startFacts = 1_000_000
	// startServers are known, and go and come back in turn.
	startServers = 2_000
)

// BenchmarkStart is what serve does before it is ready, with 1,000,000 facts in the
// journal: after a clean stop, whose checkpoint holds all of them, and after a kill
// just before the next checkpoint.
func BenchmarkStart(b *testing.B) {
	for name, after := range map[string]int{"stopped": 0, "killed": loop.CheckpointEvery} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			fillJournal(b, dir, after)
			cfg := defaultConfig(b)
			log := slog.New(slog.DiscardHandler)
			for b.Loop() {
				j, recovered, err := journal.Open(journal.Options{Dir: dir})
				if err != nil {
					b.Fatal(err)
				}
				state, err := recoverState(dir, cfg.Policy(), cfg.Renderer(), recovered, log)
				if err != nil {
					b.Fatal(err)
				}
				if recovered.Count != after || state.Seq != startFacts {
					b.Fatalf("%d facts after the checkpoint, want %d; the newest is %d", recovered.Count, after, state.Seq)
				}
				if err := j.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func defaultConfig(b *testing.B) *config.Config {
	b.Helper()
	cfg, err := config.LoadConfig("")
	if err != nil {
		b.Fatal(err)
	}
	return cfg
}

// fillJournal makes a journal whose checkpoint leaves so many facts to fold.
func fillJournal(b *testing.B, dir string, after int) {
	b.Helper()
	j, _, err := journal.Open(journal.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		for range j.Committed() {
			continue
		}
	}()
	h := newHistory(b)
	record := func(facts []alert.Fact) {
		for part := range slices.Chunk(facts, loop.MaxBatch) {
			if err := j.Append(b.Context(), slices.Clone(part)); err != nil {
				b.Fatal(err)
			}
		}
	}
	// What the checkpoint covers is not read: a part of it, over and over, will do.
	const step = 10_000
	before := h.live(step)
	for n := 0; n < startFacts-after-step; n += step {
		record(before)
	}
	record(h.live(step))
	h.state.Seq = uint64(startFacts - after)
	if err := j.Checkpoint(h.state.Seq, h.state.Checkpoint); err != nil {
		b.Fatal(err)
	}
	record(h.live(after))
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

// years is what happens to servers, and what people are told of it.
type years struct {
	b     testing.TB
	state *engine.State
	now   time.Time
	turn  int
	facts []alert.Fact
}

func newHistory(b *testing.B) *years {
	return &years{b: b, state: engine.New(defaultConfig(b).Policy(), nil), now: time.Date(2026, time.November, 21, 6, 0, 0, 0, time.UTC)}
}

// live returns the next so many facts: every second a server goes or comes back.
func (h *years) live(n int) []alert.Fact {
	h.facts = nil
	for len(h.facts) < n {
		h.line()
		h.now = h.now.Add(time.Second)
		h.tell()
	}
	return h.facts[:n]
}

func (h *years) line() {
	const away = 60 // servers at a time
	n, text := h.turn/2, ", reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 9 active and 0 backup servers left. 1 sessions active, 0 requeued, 0 remaining in queue."
	word := "DOWN"
	if h.turn%2 == 1 {
		n, word = n+startServers-away, "UP"
		text = ", reason: Layer7 check passed, code: 200, check duration: 1ms. 10 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	}
	h.turn++
	n %= startServers
	text = fmt.Sprintf("Server be_%d/s%d is %s", n/10, n%10, word) + text
	event, ok := parse.Line(text)
	if !ok {
		h.b.Fatalf("no health line: %s", text)
	}
	h.apply(alert.Fact{
		Kind: alert.Observed, At: h.now, Event: event, Text: text,
		Source: alert.Source{Listener: "udp:127.0.0.1:5514", Peer: "10.0.0.1", Host: "lb1", Tag: "haproxy", PID: 4242, Facility: 16, Severity: 1},
	})
}

// tell delivers what is due by now.
func (h *years) tell() {
	for {
		plan := h.state.Due(h.now, nil)
		for _, d := range slices.Concat(plan.Send, plan.GiveUp) {
			h.apply(alert.Fact{Kind: alert.Delivered, Channel: d.Channel, Notice: d.Notice.ID})
		}
		switch {
		case plan.Idle:
			h.apply(alert.Fact{Kind: alert.Operator})
		case len(plan.Send)+len(plan.GiveUp) == 0:
			return
		}
	}
}

func (h *years) apply(f alert.Fact) {
	f.Time = h.now
	h.state.Apply(f)
	h.facts = append(h.facts, f)
}
