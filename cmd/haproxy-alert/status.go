package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/control"
	"haproxy-alert/cmd/haproxy-alert/intake"
)

func statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what is open, who can be told and who is heard",
		Long: `status asks the running daemon for the open incidents, for each channel (what waits,
since when it fails and why, what was refused or given up), for the load balancers that
are heard, the sockets and files lines come in by and what did not come in, the silences
in force, and the journal.

With --json it writes one object a line; "type" says what it is: daemon, incident,
channel, source, listener, file, silence, journal.`,
		Example: `  haproxy-alert status
  haproxy-alert status --json`,
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := controlOf(*file)
		if err != nil {
			return err
		}
		r, err := daemon.Status(cmd.Context())
		if err != nil {
			return fmt.Errorf("ask for status: %w", err)
		}
		if asJSON {
			return writeStatusJSON(r, cmd.OutOrStdout())
		}
		return writeStatus(r, cmd.OutOrStdout(), time.Now())
	}
	return cmd
}

// fileState says whether a log file can be read, and why it cannot.
func fileState(path string, err error) (state, cause string) {
	switch {
	case err == nil:
		return "reading", ""
	case errors.Is(err, fs.ErrNotExist):
		return "missing", ""
	}
	if at, ok := errors.AsType[*fs.PathError](err); ok && at.Path == path {
		err = at.Err
	}
	return "unreadable", err.Error()
}

// filesStatus tells of each followed file.
func filesStatus(f *intake.Feed) []control.StatusFile {
	var all []control.StatusFile
	for _, l := range f.Files {
		st := l.Stats()
		state, cause := fileState(l.Path, st.Err)
		all = append(all, control.StatusFile{
			Path: l.Path, Behind: st.Behind, Lines: st.Lines, Last: st.Last,
			Missed: st.Missed, Miss: st.Gap.Why(), State: state, Error: cause,
		})
	}
	return all
}

// writeStatusJSON writes one object a line, the type first.
func writeStatusJSON(r control.StatusReport, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	var err error
	put := func(object any) {
		if err == nil {
			err = enc.Encode(object)
		}
	}
	put(struct {
		Type string `json:"type"`
		control.StatusDaemon
	}{"daemon", r.Daemon})
	for _, i := range r.Incidents {
		put(struct {
			Type string `json:"type"`
			control.StatusIncident
		}{"incident", i})
	}
	for _, c := range r.Channels {
		put(struct {
			Type string `json:"type"`
			alert.ChannelStatus
		}{"channel", c})
	}
	for _, s := range r.Sources {
		put(struct {
			Type string `json:"type"`
			alert.SourceStatus
		}{"source", s})
	}
	for _, l := range r.Listeners {
		put(struct {
			Type string `json:"type"`
			control.StatusListener
		}{"listener", l})
	}
	for _, f := range r.Files {
		put(struct {
			Type string `json:"type"`
			control.StatusFile
		}{"file", f})
	}
	for _, q := range r.Silences {
		put(struct {
			Type string `json:"type"`
			control.SilenceForm
		}{"silence", q})
	}
	put(struct {
		Type string `json:"type"`
		control.StatusJournal
	}{"journal", r.Journal})
	return err
}
