package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/loop"
	"haproxy-alert/syslog/receive"
)

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
		files, err := filesNamed(*follow)
		if err != nil {
			return err
		}
		cfg, err := loadConfig(*file, files...)
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, cmd.OutOrStdout(), newLogger(cmd.ErrOrStderr()))
	}
	return cmd
}

// newLogger writes text to a terminal and JSON to anything else.
func newLogger(w io.Writer) *slog.Logger {
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

// serve opens everything, says so, and runs until ctx ends or a receiver fails.
func serve(ctx context.Context, cfg *Config, stdout io.Writer, log *slog.Logger) (err error) {
	beThrifty()
	j, recovered, err := journal.Open(journal.Options{Dir: cfg.Journal, Retain: time.Duration(cfg.Retain), Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	state := recoverState(cfg.Journal, cfg.policy(), cfg.renderer(), recovered, log)
	channels := notifiers(cfg, stdout, log)
	defer closeAll(channels)
	loop := &loop.Loop{State: state, Journal: j, Notifiers: channels, Log: log}
	operator, err := openControl(cfg.Control, loop, log)
	if err != nil {
		return err
	}
	receivers, err := openReceivers(cfg.Listen, log)
	if err != nil {
		return errors.Join(err, operator.close())
	}
	f := newFeed(loop, int(cfg.Backlog), time.Duration(cfg.Incidents.QuietSource), log)
	f.drops, f.receivers = time.Duration(cfg.Incidents.Drops), receivers
	if f.files, err = openFollowers(cfg.File, f, log); err != nil {
		return errors.Join(err, closeReceivers(receivers), operator.close())
	}
	operator.version = versionLine()
	operator.files = func() []statusFile { return filesStatus(f) }
	operator.listeners = func() []statusListener { return listenersStatus(f) }
	operator.stats, operator.counts = j.Stats, f.counts
	log.Info("ready", "journal", cfg.Journal, "channels", cfg.channels(), "open_incidents", len(state.Open()))
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
func runPipeline(ctx context.Context, f *feed, operator *control) error {
	receiving, stopReceiving := context.WithCancel(ctx)
	defer stopReceiving()
	looping, stopLooping := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLooping()

	var wg sync.WaitGroup
	errs := make([]error, len(f.receivers)+2)
	for _, l := range f.files {
		wg.Go(func() { _ = l.run(receiving) }) // it ends with ctx alone
	}
	for i, r := range f.receivers {
		wg.Go(func() {
			errs[i] = r.Run(receiving, f.sink(r.String(), !r.Lossy()))
			stopReceiving() // deaf on one ear is worse than a restart
		})
		leak := newLeak(f.loop, r.String(), f.drops, slices.Contains(f.loop.State.Losing(), r.String()))
		wg.Go(func() { watch(receiving, r, leak, f.log) })
	}
	wg.Go(func() {
		errs[len(f.receivers)+1] = operator.run(receiving)
		stopReceiving()
	})
	wg.Go(func() { f.ears.run(receiving) })
	var feeding, loop sync.WaitGroup
	feeding.Go(f.run)
	loop.Go(func() { errs[len(f.receivers)] = f.loop.Run(looping) })
	wg.Wait()
	f.intake.close()
	feeding.Wait()
	stopLooping()
	loop.Wait()
	lines, events, _ := f.counts()
	f.log.Info("stopped", "lines", lines, "events", events)
	return errors.Join(errs...)
}

// openReceivers binds every listener, or none; it takes over those that systemd has bound.
func openReceivers(listeners []Listen, log *slog.Logger) ([]*receive.Receiver, error) {
	var open []*receive.Receiver
	sockets, err := inheritedSockets()
	errs := []error{err}
	for _, l := range listeners {
		r, adopted, err := sockets.open(l.listener(log))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		log.Info("listening", "address", r.String(), "systemd", adopted)
		open = append(open, r)
	}
	if err := errors.Join(append(errs, sockets.left())...); err != nil {
		return nil, errors.Join(err, closeReceivers(open))
	}
	return open, nil
}

func closeReceivers(open []*receive.Receiver) error {
	var errs []error
	for _, r := range open {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

func (l Listen) listener(log *slog.Logger) receive.Listener {
	var allow []netip.Prefix
	for _, n := range l.Allow {
		allow = append(allow, netip.Prefix(n))
	}
	return receive.Listener{
		Address: l.Address, Allow: allow, MaxFrame: int(l.MaxFrame), MaxConnections: l.MaxConnections,
		IdleTimeout: time.Duration(l.IdleTimeout), ReadBuffer: int(l.ReadBuffer), Readers: l.Readers, Mode: fs.FileMode(l.Mode), Owner: l.Owner, Log: log,
		TLS: l.tls(),
	}
}
