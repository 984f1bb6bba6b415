package main

import (
	"errors"
	"iter"
	"log/slog"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/template"
)

// recoverState folds what the journal kept: its newest checkpoint and the facts
// after it. A checkpoint that this version cannot read costs time, not facts: all
// that the journal still has is folded anew.
func recoverState(dir string, p alert.Policy, words *template.Renderer, r journal.Recovery, log *slog.Logger) *engine.State {
	for _, d := range r.Damage {
		logDamage(log, d)
	}
	state, facts := engine.New(p, words), r.Facts
	if r.State != nil {
		restored, err := engine.Restore(p, words, r.State)
		if err != nil {
			log.Warn("cannot use checkpoint, reading all facts", "err", err)
			facts = journal.Read(dir)
		} else {
			state = restored
		}
	}
	fold(state, facts, log)
	for channel, n := range state.Waiting() {
		log.Info("notices are waiting", "channel", channel, "count", n)
	}
	return state
}

func fold(state *engine.State, facts iter.Seq2[alert.Fact, error], log *slog.Logger) {
	for f, err := range facts {
		if d, ok := errors.AsType[journal.Damage](err); ok {
			logDamage(log, d)
			continue
		}
		if err != nil {
			log.Error("cannot read journal", "err", err)
			return
		}
		state.Apply(f)
	}
}

func logDamage(log *slog.Logger, d journal.Damage) {
	log.Error("journal is damaged", "file", d.File, "offset", d.Offset, "bytes", d.Bytes,
		"first", d.First, "last", d.Last, "err", d.Err)
}
