package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/notify"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/logs"
	"haproxy-alert/cmd/haproxy-alert/recognise"
	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/parse"
)

func replayCommand() *cobra.Command {
	var opts logs.LogOptions
	var asJSON, follow bool
	cmd := &cobra.Command{
		Use:   "replay LOG... | -",
		Short: "Run old logs through the rules and show what would have been told",
		Long: `replay reads HAProxy logs, from files (plain, gzip, zstd, xz, bzip2) or from
standard input, through the very rules that serve follows, with the clock of the
log. It prints the notices that would have gone out; nothing is sent.

Logs are read in the order of their times, however they are named. Ctrl-C ends
the reading: what was found so far is printed, and the exit code is 130.

With --follow it goes on with what is written to the log, across rotations and with
the clock of the wall, until Ctrl-C. It remembers nothing: serve --follow does.

With --json it writes one object for each incident as it closes, then those
still open, then one summary.`,
		Args: cobra.MinimumNArgs(1),
	}
	file := configFlag(cmd)
	opts.Flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object an incident, then a summary")
	cmd.Flags().BoolVar(&follow, "follow", false, "go on with what is written to the one LOG")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := config.LoadRules(*file)
		if err != nil {
			return err
		}
		show := logs.NewProgress(cmd.ErrOrStderr(), args)
		out := term.NewPrompt(show.Over(cmd.OutOrStdout()))
		r := newReplay(cfg, out, asJSON)
		if follow {
			return errors.Join(followLogs(&opts, cmd, args, r, out), out.Flush())
		}
		reader := &logs.LogReader{Each: r.line, Misses: true, Seek: true, Show: show}
		reader.Strangers.W = show.Over(cmd.ErrOrStderr())
		err = opts.Read(cmd.Context(), args, cmd.InOrStdin(), reader)
		return errors.Join(err, r.finish(reader.Totals), out.Flush())
	}
	return cmd
}

// replay shows what old lines would have led to.
type replay struct {
	rules   engine.Replay
	now     time.Time // of the wall, once a log that is followed was read to its end
	summary summary
	show    replayView
}

// replayView writes what a replay comes to; the first error of its writer is
// kept and given by summary.
type replayView interface {
	notice(alert.Decision)
	incident(alert.Incident, time.Time)
	summary(summary) error
}

// summary is the last object of replay --json.
type summary struct {
	Type      string `json:"type"`
	Lines     int64  `json:"lines"`
	Bytes     int64  `json:"bytes"`
	Events    int    `json:"events"`
	Incidents int    `json:"incidents"`
	Notices   int    `json:"notices"`
	// NearMisses are lines that begin like health lines but are none.
	NearMisses int       `json:"near_misses,omitzero"`
	First      time.Time `json:"first,omitzero"`
	Last       time.Time `json:"last,omitzero"`
}

func newReplay(cfg *config.Config, w io.Writer, asJSON bool) *replay {
	r := &replay{summary: summary{Type: "summary"}}
	r.show = &textView{console: notify.Console{W: w, Color: false}, w: w}
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		r.show = &jsonView{enc: enc}
	}
	r.rules = engine.Replay{
		Policy: cfg.Policy(), Words: cfg.Renderer(),
		Told: func(d alert.Decision) {
			if d.Rule == "" {
				r.summary.Notices++
			}
			r.show.notice(d)
		},
		Ended: func(i alert.Incident) {
			r.summary.Incidents++
			r.show.incident(i, i.Closed)
		},
	}
	return r
}

// line takes one health line of the log.
func (r *replay) line(l logs.LogLine) error {
	if l.Event.Kind == parse.None {
		r.summary.NearMisses++
		return nil
	}
	r.summary.Events++
	f := recognise.Observation(l.Message, l.Event, l.Time)
	f.At, f.Said, f.Source.Listener = l.Time, time.Time{}, l.File
	f.Time = r.now
	r.rules.Observe(f)
	return nil
}

// followLogs replays a log as it grows; what is due is shown whenever it has been read to
// its end.
func followLogs(o *logs.LogOptions, cmd *cobra.Command, args []string, r *replay, out *term.Prompt) error {
	reader := &logs.LogReader{Each: r.line, Misses: true}
	f := &logs.LogFollower{LogReader: reader}
	f.Rest = func(now time.Time, caught bool) {
		if caught {
			r.now = now
			r.rules.Operate(alert.Fact{Time: now})
		}
		f.Failed(out.Flush())
	}
	err := o.Follow(cmd.Context(), args, cmd.ErrOrStderr(), f)
	return errors.Join(err, r.finish(reader.Totals))
}

// finish tells what is left: notices still gathering and incidents still open.
func (r *replay) finish(t logs.LogTotals) error {
	for _, i := range r.rules.Finish() {
		r.summary.Incidents++
		r.show.incident(i, t.Last)
	}
	s := &r.summary
	s.Lines, s.Bytes, s.First, s.Last = t.Lines, t.Bytes, t.First, t.Last
	return r.show.summary(r.summary)
}

// jsonView writes the objects of replay --json.
type jsonView struct {
	enc *json.Encoder
	err error
}

// replayedIncident is the JSON of an incident.
type replayedIncident struct {
	Type string `json:"type"`
	alert.Incident
	DurationS float64 `json:"duration_s"`
}

func (v *jsonView) notice(alert.Decision) {}

func (v *jsonView) incident(i alert.Incident, now time.Time) {
	o := replayedIncident{"incident", i, i.Duration(now).Seconds()}
	v.err = errors.Join(v.err, v.enc.Encode(o))
}

func (v *jsonView) summary(s summary) error { return errors.Join(v.err, v.enc.Encode(s)) }

// textView prints notices as the console channel does, and a summary in words.
type textView struct {
	console notify.Console
	w       io.Writer
	open    int
	err     error
}

func (v *textView) notice(d alert.Decision) {
	head := "to " + strings.Join(d.Channels, ", ")
	if d.Rule != "" {
		head = "kept back: " + d.Rule
	}
	_, err := fmt.Fprintf(v.w, "(%s)\n", head)
	v.err = errors.Join(v.err, err)
	_, err = v.console.Notify(context.Background(), alert.Dispatch{Notice: d.Notice, Attempt: 1})
	v.err = errors.Join(v.err, err)
}

func (v *textView) incident(i alert.Incident, _ time.Time) {
	if i.Closed.IsZero() {
		v.open++
	}
}

func (v *textView) summary(s summary) error {
	words := fmt.Sprintf("%s, %s, %s (%d still open), %s", term.Counted(int(s.Lines), "line"), term.Counted(s.Events, "health event"),
		term.Counted(s.Incidents, "incident"), v.open, term.Counted(s.Notices, "notice"))
	if s.NearMisses > 0 {
		words += fmt.Sprintf("; %s like health lines but not recognised, explain shows how", term.Counted(s.NearMisses, "line"))
	}
	_, err := fmt.Fprintln(v.w, words)
	return errors.Join(v.err, err)
}
