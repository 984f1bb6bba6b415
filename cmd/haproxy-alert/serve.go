package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/loop"
	"haproxy-alert/alert/template"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/control"
	"haproxy-alert/cmd/haproxy-alert/intake"
	"haproxy-alert/cmd/haproxy-alert/term"
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

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Receive HAProxy's logs and tell people (the daemon)",
		Long: `serve listens for syslog lines, keeps every health line in its journal and
sends notices through the configured channels. Without a configuration it
listens on 127.0.0.1:5514 (UDP and TCP) and prints notices on the terminal; with
--follow alone it reads that file and listens nowhere.

It stops at SIGINT and SIGTERM; what is then still to be sent goes out at the
next start.`,
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	follow := cmd.Flags().StringArray("follow", nil, "also read the log `FILE` as it grows, across rotation; may be repeated")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		files, err := config.FilesNamed(*follow)
		if err != nil {
			return err
		}
		cfg, err := config.LoadConfig(*file, files...)
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, cmd.OutOrStdout(), newLogger(cmd.ErrOrStderr()))
	}
	return cmd
}

// newLogger writes text to a terminal and JSON to anything else.
func newLogger(w io.Writer) *slog.Logger {
	if term.IsTerminal(w) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

// serve opens everything, says so, and runs until ctx ends or a receiver fails.
func serve(ctx context.Context, cfg *config.Config, stdout io.Writer, log *slog.Logger) (err error) {
	beThrifty()
	j, recovered, err := journal.Open(journal.Options{Dir: cfg.Journal, Retain: time.Duration(cfg.Retain), Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	state, err := recoverState(cfg.Journal, cfg.Policy(), cfg.Renderer(), recovered, log)
	if err != nil {
		return err
	}
	channels := config.Notifiers(cfg, stdout, log)
	defer closeAll(channels)
	loop := &loop.Loop{State: state, Journal: j, Notifiers: channels, Log: log}
	operator, err := control.OpenControl(cfg.Control, loop, log)
	if err != nil {
		return err
	}
	receivers, err := intake.OpenReceivers(cfg.Listen, log)
	if err != nil {
		return errors.Join(err, operator.Close())
	}
	f := intake.NewFeed(loop, int(cfg.Backlog), time.Duration(cfg.Incidents.QuietSource), log)
	f.Drops, f.Receivers = time.Duration(cfg.Incidents.Drops), receivers
	if f.Files, err = intake.OpenFollowers(cfg.File, f, log); err != nil {
		return errors.Join(err, intake.CloseReceivers(receivers), operator.Close())
	}
	operator.Version = versionLine()
	operator.Files = func() []control.StatusFile { return filesStatus(f) }
	operator.Listeners = func() []control.StatusListener { return listenersStatus(f) }
	operator.Stats, operator.Counts = j.Stats, f.Counts
	log.Info("ready", "journal", cfg.Journal, "channels", cfg.ChannelNames(), "open_incidents", len(state.Open()))
	return runPipeline(ctx, f, operator)
}

// closeAll ends what channels keep open from one notice to the next.
func closeAll(channels map[string]alert.Notifier) {
	for _, n := range channels {
		if c, ok := n.(io.Closer); ok {
			_ = c.Close()
		}
	}
}

// runPipeline runs the receivers, the followed files, the control socket, the feed and
// the loop. These two end after the others, in this order, so that what they took in
// last is recorded.
func runPipeline(ctx context.Context, f *intake.Feed, operator *control.Control) error {
	receiving, stopReceiving := context.WithCancel(ctx)
	defer stopReceiving()
	looping, stopLooping := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLooping()

	var wg sync.WaitGroup
	errs := make([]error, len(f.Receivers)+2)
	for _, l := range f.Files {
		wg.Go(func() { _ = l.Run(receiving) }) // it ends with ctx alone
	}
	for i, r := range f.Receivers {
		wg.Go(func() {
			errs[i] = r.Run(receiving, f.Sink(r.String(), !r.Lossy()))
			stopReceiving() // deaf on one ear is worse than a restart
		})
		leak := intake.NewLeak(f.Loop, r.String(), f.Drops, slices.Contains(f.Loop.State.Losing(), r.String()))
		wg.Go(func() { intake.Watch(receiving, r, leak, f.Log) })
	}
	wg.Go(func() {
		errs[len(f.Receivers)+1] = operator.Run(receiving)
		stopReceiving()
	})
	wg.Go(func() { f.Ears.Run(receiving) })
	var feeding, loop sync.WaitGroup
	feeding.Go(f.Run)
	loop.Go(func() { errs[len(f.Receivers)] = f.Loop.Run(looping) })
	wg.Wait()
	f.Intake.Close()
	feeding.Wait()
	stopLooping()
	loop.Wait()
	lines, events, _ := f.Counts()
	f.Log.Info("stopped", "lines", lines, "events", events)
	return errors.Join(errs...)
}

// collectAt is how much garbage, in percent of what is in use, there may be before it is
// collected. What we hold is small, what passes through in a flood is large. Of 100,000
// lines in 10 s over 10,000 servers we took 126 MiB at the peak with Go's 100, and take
// 117 with 50; with 10,000 servers known and 1,000 of them down 62 and 54. Collecting
// takes 5 % of the CPU then.
const collectAt = 50

// beThrifty has garbage collected early, unless the operator has said otherwise.
func beThrifty() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
