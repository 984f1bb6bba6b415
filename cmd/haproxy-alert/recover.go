package main

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/template"
)

// recoverState folds what the journal kept: its newest checkpoint and the facts after it.
//
// A checkpoint of a version that this one does not know is an error, and nothing is
// overwritten: it may hold open outages and silences from before the oldest fact that is
// left. One whose content is damaged is set aside; then all facts that the journal still
// has are folded anew.
func recoverState(dir string, p alert.Policy, words *template.Renderer, r journal.Recovery, log *slog.Logger) (*engine.State, error) {
	for _, d := range r.Damage {
		logDamage(log, d)
	}
	state, facts := engine.New(p, words), r.Facts
	if r.State != nil {
		restored, err := engine.Restore(p, words, r.State)
		switch {
		case errors.Is(err, engine.ErrVersion):
			return nil, fmt.Errorf("use checkpoint %s: %w: run the version that wrote it, or move the file away to go on from the facts alone", r.Checkpoint, err)
		case err != nil:
			aside, failed := journal.SetAside(r.Checkpoint)
			if failed != nil {
				return nil, errors.Join(fmt.Errorf("use checkpoint %s: %w", r.Checkpoint, err), failed)
			}
			log.Warn("cannot use checkpoint, reading all facts", "set_aside", aside, "err", err)
			facts = journal.Read(dir)
		default:
			state = restored
		}
	}
	fold(state, facts, log)
	for channel, n := range state.Waiting() {
		log.Info("notices are waiting", "channel", channel, "count", n)
	}
	return state, nil
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
