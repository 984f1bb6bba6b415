package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
)

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
		list, err := daemon.silences(cmd.Context())
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

func writeSilencesJSON(w io.Writer, list []silenceForm) error {
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
func writeSilences(w io.Writer, list []silenceForm, now time.Time) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "no silences")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tWHEN\tHELD\tWHAT")
	for _, f := range list {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", visible(f.ID), visible(f.when()+f.left(now)), f.Held, visible(f.what()))
	}
	return table.Flush()
}

// clockForm is how commands write a time.
const clockForm = "2006-01-02 15:04:05 MST"

// when says from when until when a silence holds.
func (f silenceForm) when() string {
	var parts []string
	if !f.From.IsZero() {
		parts = append(parts, "from "+f.From.Local().Format(clockForm))
	}
	if !f.Until.IsZero() {
		parts = append(parts, "until "+f.Until.Local().Format(clockForm))
	}
	if f.Hours != "" {
		zone, _ := f.Zone.MarshalText()
		parts = append(parts, f.Hours+" "+string(zone))
	}
	return strings.Join(parts, " ")
}

// left says how long a silence that holds now will hold.
func (f silenceForm) left(now time.Time) string {
	if f.Until.IsZero() || f.From.After(now) || f.Hours != "" {
		return ""
	}
	return " (" + alert.Duration(f.Until.Sub(now)) + " left)"
}

// what says which notices a silence keeps back, and why.
func (f silenceForm) what() string {
	var parts []string
	for _, p := range []struct {
		name string
		expr alert.Pattern
	}{{"proxy", f.Proxy}, {"server", f.Server}, {"host", f.Host}} {
		if text, _ := p.expr.MarshalText(); len(text) > 0 {
			parts = append(parts, p.name+" "+string(text))
		}
	}
	for _, k := range f.Kinds {
		parts = append(parts, k.String())
	}
	if text, err := f.Level.MarshalText(); err == nil && !f.Level.IsZero() {
		parts = append(parts, "level "+string(text))
	}
	if len(parts) == 0 {
		parts = append(parts, "everything")
	}
	what := strings.Join(parts, ", ")
	if f.Configured {
		what += " [configuration]"
	}
	if f.Comment != "" {
		what += ": " + f.Comment
	}
	return what
}
