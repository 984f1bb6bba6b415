package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/logs"
	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/parse"
)

func explainCommand() *cobra.Command {
	var opts logs.LogOptions
	var asJSON, all, follow bool
	cmd := &cobra.Command{
		Use:   "explain [LOG...|-]",
		Short: "Say what each log line is taken for",
		Long: `explain reads HAProxy logs, from files (plain, gzip, zstd, xz, bzip2) or from
standard input, and says of each health line what it is taken for and which parts
of it said so; of a line that only looks like one, where it differs.

Ctrl-C ends the reading, with the exit code 130.

With --json it writes one object a recognised line; with --all one object for
every line, in order, with "kind":"none" for what is no health line.`,
	}
	opts.Flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&all, "all", false, "also the lines that are no health lines")
	cmd.Flags().BoolVar(&follow, "follow", false, "go on with what is written to the one LOG, across rotations, until Ctrl-C")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		show := logs.NewProgress(cmd.ErrOrStderr(), args)
		out := term.NewPrompt(show.Over(cmd.OutOrStdout()))
		defer out.Flush()
		write := explainText
		if asJSON {
			write = explainJSON
		}
		events := 0
		reader := &logs.LogReader{Every: all, Misses: !asJSON, Show: show, Each: func(l logs.LogLine) error {
			if l.Event.Kind != parse.None {
				events++
			}
			return write(out, l)
		}}
		if !all {
			reader.Strangers.W = show.Over(cmd.ErrOrStderr())
		}
		var err error
		if follow {
			f := &logs.LogFollower{LogReader: reader}
			f.Rest = func(time.Time, bool) { f.Failed(out.Flush()) }
			err = opts.Follow(cmd.Context(), args, cmd.ErrOrStderr(), f)
		} else {
			err = opts.Read(cmd.Context(), args, cmd.InOrStdin(), reader)
		}
		if !asJSON {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s, %d of them health lines\n", term.Counted(int(reader.Totals.Lines), "line"), events)
		}
		return err
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
	Copy     bool       `json:"copy,omitempty"` // as HAProxy prints it on stderr
	parse.Event
	Text string `json:"text"`
}

func explainJSON(w io.Writer, l logs.LogLine) error {
	e := explained{
		File: l.File, Line: l.Number, Host: l.Message.Host, Tag: l.Message.Tag, PID: l.Message.PID,
		Copy: l.Message.Copy, Event: l.Event, Text: l.Message.Text,
	}
	if !l.Message.Time.IsZero() {
		e.Time = &l.Message.Time
	}
	if l.Message.Severity >= 0 {
		e.Severity = alert.Severity(l.Message.Severity).String()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// explainText writes what a person wants to know of a line: what it is taken for,
// and «which parts» of it said so. A line that only looks like a health line gets
// the nearest shape and where it leaves it.
func explainText(w io.Writer, l logs.LogLine) error {
	var b strings.Builder
	if l.File != "" {
		b.WriteString(l.File + ":")
	}
	fmt.Fprintf(&b, "%d: %s", l.Number, l.Event.Kind)
	if key := l.Event.Key(); key != "" {
		b.WriteString(" " + key)
	}
	for _, f := range details(l.Event) {
		b.WriteString(", " + f)
	}
	text := l.Message.Text
	row, parts := parse.Parts(text)
	near, at, missed := parse.Nearest(text)
	switch {
	case row != "":
		fmt.Fprintf(&b, "\n    %s: %s\n", row, marked(text, parts))
	case missed:
		fmt.Fprintf(&b, "\n    begins like %s: %s\n    but then says:  %s\n    If HAProxy wrote this, please report it.\n",
			near, term.Visible(text[:at]), term.Visible(text[at:]))
	default:
		fmt.Fprintf(&b, "\n    %s\n", term.Visible(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// marked puts «» around the parts of a line.
func marked(text string, parts []parse.Part) string {
	var b strings.Builder
	last := 0
	for _, p := range parts {
		if p.From < last {
			continue // a part of the part before
		}
		b.WriteString(term.Visible(text[last:p.From]) + "«" + term.Visible(text[p.From:p.To]) + "»")
		last = p.To
	}
	return b.String() + term.Visible(text[last:])
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
	add("info", term.Visible(ev.Info))
	if ev.StatusNum.Said {
		add("status", number(ev.StatusNum)+"/"+number(ev.StatusDen)+" "+ev.StatusState)
	} else {
		add("state", ev.StatusState)
	}
	add("count", number(ev.Count))
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
