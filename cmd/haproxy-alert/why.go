package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/history"
	"haproxy-alert/cmd/haproxy-alert/term"
)

func whyCommand() *cobra.Command {
	var asJSON bool
	var since string
	cmd := &cobra.Command{
		Use:   "why PROXY[/SERVER]",
		Short: "Say what was told of a server or proxy, what was not, and why",
		Long: `why reads the journal, beside the running daemon or without one, and tells in
order what is known of a server: its health lines, its incidents, each notice with
who was told and how that went, and each notice that a rule kept back, with the
rule. Of a proxy it tells with all its servers. A log file, a listener or a sender, as
status names them, may stand for the proxy: then it tells when lines were lost there,
or when nothing was heard.

Which notices were due follows from the lines by the configuration of today; what
was sent stands in the journal. Where they differ, why says so.

With --json it writes one object a row.`,
		Example: `  haproxy-alert why be_app/s1 --since 24h
  haproxy-alert why be_app`,
		Args: cobra.ExactArgs(1),
	}
	file := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a row")
	cmd.Flags().StringVar(&since, "since", "", "only the last `DURATION`, such as 24h or 7d")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		from, err := sinceTime(since, time.Now())
		if err != nil {
			return term.UsageError{Err: err}
		}
		cfg, err := config.LoadRules(*file)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(cmd.OutOrStdout())
		var show history.WhyView = &whyText{w: out, zone: time.Local}
		if asJSON {
			enc := json.NewEncoder(out)
			enc.SetEscapeHTML(false)
			show = &whyJSON{enc}
		}
		q := history.NewInquiry(args[0], from, cfg.Policy(), cfg.Renderer(), show.Row)
		err = q.Read(cfg.Journal, cmd.ErrOrStderr())
		if err == nil {
			err = show.End(q.Totals)
		}
		return errors.Join(err, out.Flush())
	}
	return cmd
}

// sinceTime is when to begin; the zero time is the journal's beginning.
func sinceTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	var d config.Duration
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return time.Time{}, fmt.Errorf("since: %w", err)
	}
	return now.Add(-time.Duration(d)), nil
}

// whyJSON writes one object a row.
type whyJSON struct{ enc *json.Encoder }

func (v *whyJSON) Row(r history.WhyRow) error { return v.enc.Encode(r) }

func (v *whyJSON) End(history.WhyTotals) error { return nil }

// whyText writes a row a line, for a person who was just woken; nothing in it can
// drive a terminal.
type whyText struct {
	w    io.Writer
	zone *time.Location
	last time.Time
}

// newParagraph is after how long without a row a blank line is left.
const newParagraph = 10 * time.Minute

func (v *whyText) Row(r history.WhyRow) error {
	if !v.last.IsZero() && r.Time.Sub(v.last) > newParagraph {
		if _, err := fmt.Fprintln(v.w); err != nil {
			return err
		}
	}
	v.last = r.Time
	_, err := fmt.Fprintf(v.w, "%s  %-9s  %s\n", r.Time.In(v.zone).Format(term.ClockForm), r.Type, term.Visible(rowWords(r, v.zone)))
	return err
}

// rowWords puts a row into words.
func rowWords(r history.WhyRow, zone *time.Location) string {
	switch r.Type {
	case history.WhyLine:
		return rowLineWords(r, zone)
	case history.WhyOpened, history.WhyClosed:
		return rowIncidentWords(r)
	case history.WhyTold:
		return "to " + strings.Join(r.Channels, ", ") + ": " + r.Text + rowAlongWords(r)
	case history.WhyHeld, history.WhyComing:
		return r.Rule + ": " + r.Text + rowAlongWords(r)
	case history.WhySilence:
		return strings.TrimPrefix(r.Rule, "silence ") + ": " + r.Text
	case history.WhyLifted:
		return r.Rule
	case history.WhyDelivered, history.WhyFailed, history.WhyRefused, history.WhyGaveUp, history.WhyWaiting:
		return rowSendingWords(r)
	}
	return r.Text
}

func rowLineWords(r history.WhyRow, zone *time.Location) string {
	words := r.Text
	if r.Observer != "" {
		words = r.Observer + ": " + words
	}
	if !r.Said.IsZero() {
		words += " (the line says " + r.Said.In(zone).Format(term.ClockForm) + ")"
	}
	if r.Copy {
		words += " (a copy)"
	}
	if r.Rule != "" {
		words += " (told nothing: " + r.Rule + ")"
	}
	return words
}

func rowIncidentWords(r history.WhyRow) string {
	words := r.Key
	if r.Type == history.WhyClosed {
		words += " after " + alert.Duration(time.Duration(r.DurationS*float64(time.Second)))
	} else if r.Text != "" {
		words += ": " + r.Text
	}
	if r.Planned {
		words += " (planned)"
	}
	return words
}

func rowAlongWords(r history.WhyRow) string {
	if r.Along {
		return " (told along with " + r.Key + ")"
	}
	return ""
}

// rowSendingWords tell how an attempt went; the notice itself was told before.
func rowSendingWords(r history.WhyRow) string {
	words := r.Channel + ": " + r.Kind + " notice"
	if delay := time.Duration(r.DelayS * float64(time.Second)); delay >= time.Second {
		words += ", " + alert.Duration(delay) + " after it was due"
	}
	switch {
	case r.Type == history.WhyWaiting && r.Attempt == 0:
		words += ", not answered yet"
	case r.Type == history.WhyWaiting:
		words += ", " + term.Counted(r.Attempt, "attempt") + " so far"
	case r.Attempt > 1 || r.Type == history.WhyFailed:
		words += fmt.Sprintf(", attempt %d", r.Attempt)
	}
	if r.Error != "" {
		words += ": " + r.Error
	}
	return words
}

func (v *whyText) End(t history.WhyTotals) error {
	_, err := fmt.Fprintf(v.w, "\n%s, %s told, %d held back, %s; the journal covers %s to %s\n",
		term.Counted(t.Lines, "line"), term.Counted(t.Told, "notice"), t.Held, term.Counted(t.Open, "open incident"),
		t.First.In(v.zone).Format(term.ClockForm), t.Last.In(v.zone).Format(term.ClockForm))
	return err
}
