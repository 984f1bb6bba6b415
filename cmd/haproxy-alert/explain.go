package main

import (
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
	opts.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&all, "all", false, "also the lines that are no health lines")
	cmd.Flags().BoolVar(&follow, "follow", false, "go on with what is written to the one LOG, across rotations, until Ctrl-C")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		show := newProgress(cmd.ErrOrStderr(), args)
		out := newPrompt(show.over(cmd.OutOrStdout()))
		defer out.Flush()
		write := explainText
		if asJSON {
			write = explainJSON
		}
		events := 0
		logs := &logReader{every: all, misses: !asJSON, show: show, each: func(l logLine) error {
			if l.event.Kind != parse.None {
				events++
			}
			return write(out, l)
		}}
		if !all {
			logs.strangers.w = show.over(cmd.ErrOrStderr())
		}
		var err error
		if follow {
			f := &logFollower{logReader: logs}
			f.rest = func(time.Time, bool) { f.failed(out.Flush()) }
			err = opts.follow(cmd.Context(), args, cmd.ErrOrStderr(), f)
		} else {
			err = opts.read(cmd.Context(), args, cmd.InOrStdin(), logs)
		}
		if !asJSON {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s, %d of them health lines\n", counted(int(logs.totals.lines), "line"), events)
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

func explainJSON(w io.Writer, l logLine) error {
	e := explained{
		File: l.file, Line: l.number, Host: l.message.Host, Tag: l.message.Tag, PID: l.message.PID,
		Copy: l.message.Copy, Event: l.event, Text: l.message.Text,
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

// explainText writes what a person wants to know of a line: what it is taken for,
// and «which parts» of it said so. A line that only looks like a health line gets
// the nearest shape and where it leaves it.
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
	text := l.message.Text
	row, parts := parse.Parts(text)
	near, at, missed := parse.Nearest(text)
	switch {
	case row != "":
		fmt.Fprintf(&b, "\n    %s: %s\n", row, marked(text, parts))
	case missed:
		fmt.Fprintf(&b, "\n    begins like %s: %s\n    but then says:  %s\n    If HAProxy wrote this, please report it.\n",
			near, visible(text[:at]), visible(text[at:]))
	default:
		fmt.Fprintf(&b, "\n    %s\n", visible(text))
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
		b.WriteString(visible(text[last:p.From]) + "«" + visible(text[p.From:p.To]) + "»")
		last = p.To
	}
	return b.String() + visible(text[last:])
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
