package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/control"
	"haproxy-alert/cmd/haproxy-alert/term"
)

func silenceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "silence",
		Short: "Keep notices back for a while, in the running daemon",
		Long: `silence tells the running daemon to keep notices back, without a restart. A
silence outlives restarts; an outage that outlasts it is told when it ends, or at
once when it is expired.

The configuration (-c) only says where the daemon is: its control socket.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return term.UsageError{Err: fmt.Errorf("want add, list or expire, see %s --help", cmd.CommandPath())}
		},
	}
	cmd.AddCommand(silenceAddCommand(), silenceListCommand(), silenceExpireCommand())
	for _, c := range cmd.Commands() {
		c.Args = usageArgs(c.Args)
	}
	return cmd
}

// controlOf returns the way to the daemon that runs with the configuration.
func controlOf(file string) (*control.Client, error) {
	cfg, err := config.LoadRules(file)
	if err != nil {
		return nil, err
	}
	return control.NewClient(cfg.Control), nil
}

func silenceAddCommand() *cobra.Command {
	var opts silenceOptions
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Begin a silence and print its id",
		Long: `add begins a silence and prints its id, by which it can be expired. --proxy,
--server and --host are expressions (RE2) over whole names; what is left out is
all, but at least one of them or --kind must be given.

Times are "2026-11-22 02:00", "02:00" (the next one) or RFC 3339, in the zone of
--zone or else of this machine. --hours are windows of the week, in the zone of
--zone or else UTC, as in the configuration.`,
		Example: `  haproxy-alert silence add --proxy be_app --for 2h --comment "deploy 4711"
  haproxy-alert silence add --proxy 'web_.*' --server 's[12]' --until 06:00
  haproxy-alert silence add --host lb2 --hours "Sat 02:00-04:00" --zone Europe/Paris`,
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	opts.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		now := time.Now()
		form, err := opts.form(now)
		if err == nil {
			_, err = form.Silence(now) // what the daemon would refuse
		}
		if err != nil {
			return term.UsageError{Err: fmt.Errorf("add silence: %w", err)}
		}
		daemon, err := controlOf(*file)
		if err != nil {
			return err
		}
		kept, err := daemon.Add(cmd.Context(), form)
		if err != nil {
			return fmt.Errorf("add silence: %w", err)
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), kept.ID)
		return err
	}
	return cmd
}

func silenceExpireCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "expire ID...",
		Short: "End silences before their time",
		Long: `expire ends silences; what they still hold back is told at once. It tries every
id it is given, also when one is not known.`,
		Args: cobra.MinimumNArgs(1),
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		daemon, err := controlOf(*file)
		if err != nil {
			return err
		}
		var errs []error
		for _, id := range ids {
			if err := daemon.Expire(cmd.Context(), id); err != nil {
				errs = append(errs, fmt.Errorf("expire silence: %w", err))
			}
		}
		return errors.Join(errs...)
	}
	return cmd
}

func silenceListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the silences in force or to come, and what each kept back",
		Long: `list shows the silences of the running daemon, those of its configuration first:
their ids, how long they last, how many notices each has kept back, and which.

With --json it writes one object a silence.`,
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a silence")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := controlOf(*file)
		if err != nil {
			return err
		}
		list, err := daemon.Silences(cmd.Context())
		if err != nil {
			return fmt.Errorf("list silences: %w", err)
		}
		if asJSON {
			return writeSilencesJSON(cmd.OutOrStdout(), list)
		}
		return writeSilences(cmd.OutOrStdout(), list, time.Now())
	}
	return cmd
}

func writeSilencesJSON(w io.Writer, list []control.SilenceForm) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, f := range list {
		if err := enc.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// writeSilences writes a table; nothing in it can drive a terminal.
func writeSilences(w io.Writer, list []control.SilenceForm, now time.Time) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "no silences")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tWHEN\tHELD\tWHAT")
	for _, f := range list {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", term.Visible(f.ID), term.Visible(f.When()+f.Left(now)), f.Held, term.Visible(f.What()))
	}
	return table.Flush()
}
