package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/term"
)

// tryTimeout bounds one channel's test, all its relays included.
const tryTimeout = time.Minute

// traced is a channel that can tell its dialogue, without secrets.
type traced interface{ TraceTo(io.Writer) }

func testCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [CHANNEL...]",
		Short: "Send a test notice, and show the dialogue when that fails",
		Long: `test sends one notice of kind "test" through each channel named, or through all,
and says what came of it. When it fails it shows what was said on the wire, with
secrets left out. It exits 1 when a channel failed. It does not touch the journal
and may run beside the daemon.`,
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		cfg, err := config.LoadConfig(*file)
		if err != nil {
			return err
		}
		for _, name := range names {
			if !slices.Contains(cfg.ChannelNames(), name) {
				return term.UsageError{Err: fmt.Errorf("test: unknown channel %q, want one of %s", name, strings.Join(cfg.ChannelNames(), ", "))}
			}
		}
		if len(names) == 0 {
			names = cfg.ChannelNames()
		}
		log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
		return testChannels(cmd.Context(), config.Notifiers(cfg, cmd.OutOrStdout(), log), names, cmd.OutOrStdout())
	}
	return cmd
}

// testChannels tries one channel after the other.
func testChannels(ctx context.Context, channels map[string]alert.Notifier, names []string, out io.Writer) error {
	machine, err := os.Hostname()
	if err != nil {
		machine = "this machine"
	}
	defer closeAll(channels)
	failed := 0
	for _, name := range names {
		notice := alert.TestNotice(machine, time.Now())
		if !testChannel(ctx, name, channels[name], notice, out) {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("test: %d of %d channels failed", failed, len(names))
	}
	return nil
}

func testChannel(ctx context.Context, name string, n alert.Notifier, notice alert.Notice, out io.Writer) bool {
	var dialogue strings.Builder
	if t, ok := n.(traced); ok {
		t.TraceTo(&dialogue)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, tryTimeout, errors.New("it took longer than a minute"))
	defer cancel()
	begin := time.Now()
	receipt, err := n.Notify(ctx, alert.Dispatch{Channel: name, Notice: notice, Attempt: 1})
	took := time.Since(begin).Round(time.Millisecond)
	switch {
	case alert.IsPermanent(err):
		fmt.Fprintf(out, "%s: refused for good after %s: %v\n", name, took, err)
	case err != nil:
		fmt.Fprintf(out, "%s: failed after %s: %v\n", name, took, err)
	case receipt.Refused != "":
		fmt.Fprintf(out, "%s: delivered in %s, but not to all: %s\n", name, took, receipt.Refused)
	default:
		fmt.Fprintf(out, "%s: delivered in %s\n", name, took)
	}
	if err == nil && receipt.Refused == "" {
		return true
	}
	for line := range strings.Lines(dialogue.String()) {
		fmt.Fprint(out, "    "+line)
	}
	return false
}
