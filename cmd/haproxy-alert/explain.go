package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

func explainCommand() *cobra.Command {
	var opts logOptions
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "explain [LOG...|-]",
		Short: "Say what each log line is taken for",
		Long: `explain reads HAProxy logs, from files (plain, gzip, zstd, xz, bzip2) or from
standard input, and says of each health line what it is taken for.

With --json it writes one object a recognised line; with --all one object for
every line, in order, with "kind":"none" for what is no health line.`,
	}
	opts.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&all, "all", false, "also the lines that are no health lines")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out := bufio.NewWriter(cmd.OutOrStdout())
		defer out.Flush()
		write := explainText
		if asJSON {
			write = explainJSON
		}
		return opts.read(args, cmd.InOrStdin(), &logReader{
			every: all,
			each:  func(l logLine) error { return write(out, l) },
		})
	}
	return cmd
}

// explained is the JSON of one line. What the line does not say is absent.
type explained struct {
	File     string     `json:"file,omitempty"`
	Line     int        `json:"line"`
	Time     *time.Time `json:"time,omitempty"`
	Host     string     `json:"host,omitempty"`
	Tag      string     `json:"tag,omitempty"`
	PID      int        `json:"pid,omitempty"`
	Severity string     `json:"severity,omitempty"`
	parse.Event
	Text string `json:"text"`
}

func explainJSON(w io.Writer, l logLine) error {
	e := explained{
		File: l.file, Line: l.number, Host: l.message.Host, Tag: l.message.Tag, PID: l.message.PID,
		Event: l.event, Text: l.message.Text,
	}
	if !l.message.Time.IsZero() {
		e.Time = &l.message.Time
	}
	if l.message.Severity >= 0 {
		e.Severity = alert.Severity(l.message.Severity).String()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// explainText writes what a person wants to know of a line.
func explainText(w io.Writer, l logLine) error {
	var b strings.Builder
	if l.file != "" {
		b.WriteString(l.file + ":")
	}
	fmt.Fprintf(&b, "%d: %s", l.number, l.event.Kind)
	if key := l.event.Key(); key != "" {
		b.WriteString(" " + key)
	}
	for _, f := range details(l.event) {
		b.WriteString(", " + f)
	}
	_, err := fmt.Fprintf(w, "%s\n    %s\n", b.String(), visible(l.message.Text))
	return err
}

// details are an event's fields beyond its names, in words.
func details(ev parse.Event) []string {
	var out []string
	add := func(name, value string) {
		if value != "" {
			out = append(out, name+" "+value)
		}
	}
	add("via", ev.Via)
	add("cause", ev.Cause)
	add("reason", ev.Reason)
	add("code", number(ev.Code))
	add("info", visible(ev.Info))
	if ev.StatusNum.Said {
		add("status", number(ev.StatusNum)+"/"+number(ev.StatusDen)+" "+ev.StatusState)
	} else {
		add("state", ev.StatusState)
	}
	if ev.Active.Said {
		add("usable", number(ev.Active)+" active, "+number(ev.BackupLeft)+" backup")
	}
	if ev.Truncated {
		out = append(out, "truncated")
	}
	return out
}

func number(n parse.Number) string {
	if !n.Said {
		return ""
	}
	return fmt.Sprint(n.Value)
}
