package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
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
		r, err := daemon.status(cmd.Context())
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

// statusReport is the answer to GET /status.
type statusReport struct {
	Daemon    statusDaemon          `json:"daemon"`
	Incidents []statusIncident      `json:"incidents"`
	Channels  []alert.ChannelStatus `json:"channels"`
	Sources   []alert.SourceStatus  `json:"sources"`
	Listeners []statusListener      `json:"listeners,omitempty"`
	Files     []statusFile          `json:"files,omitempty"`
	Silences  []silenceForm         `json:"silences"`
	Journal   statusJournal         `json:"journal"`
}

type statusDaemon struct {
	PID     int       `json:"pid"`
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
	Lines   int64     `json:"lines"`
	Events  int64     `json:"events"`
	// Backlog is how many bytes of lines wait to be recorded.
	Backlog int `json:"backlog_bytes"`
	// Suppressed counts the notices that a rule kept back, Overflow what the bounds cut.
	Suppressed int            `json:"suppressed"`
	Overflow   map[string]int `json:"overflow,omitempty"`
}

type statusIncident struct {
	alert.Incident
	DurationS float64 `json:"duration_s"`
}

// statusFile tells how far a log file is read.
type statusFile struct {
	Path   string    `json:"path"`
	Behind int64     `json:"behind_bytes"` // that were written and not read yet
	Lines  int64     `json:"lines"`
	Last   time.Time `json:"last,omitzero"` // when the last line was read
	// Missed counts how often lines may have been missed since the start, Miss says why at
	// the last time.
	Missed int64  `json:"missed,omitempty"`
	Miss   string `json:"miss,omitempty"`
	// State is "reading", "missing" or "unreadable", for which Error says why.
	State string `json:"state"`
	Error string `json:"error,omitempty"`
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
func filesStatus(f *feed) []statusFile {
	var all []statusFile
	for _, l := range f.files {
		st := l.Stats()
		state, cause := fileState(l.path, st.Err)
		all = append(all, statusFile{l.path, st.Behind, st.Lines, st.Last, st.Missed, st.Miss.Why(), state, cause})
	}
	return all
}

type statusJournal struct {
	Facts      uint64 `json:"facts"` // the sequence number of the newest
	Checkpoint uint64 `json:"checkpoint"`
	Segments   int    `json:"segments"`
	Bytes      int64  `json:"bytes"`
	Failures   uint64 `json:"failures"` // writes that failed since the start
}

func (c *control) status(w http.ResponseWriter, r *http.Request) {
	report, now := statusReport{}, time.Now()
	err := c.loop.Ask(r.Context(), func(s *engine.State) {
		report.Channels, report.Sources = s.Channels(now), s.Sources()
		for _, i := range s.Open() {
			i.Observers = slices.Clone(i.Observers)
			report.Incidents = append(report.Incidents, statusIncident{i, i.Duration(now).Seconds()})
		}
		report.Daemon.Suppressed, report.Daemon.Overflow = s.Suppressed(), maps.Clone(s.Overflow)
	})
	if err == nil {
		report.Silences, err = c.silences(r.Context())
	}
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	d := &report.Daemon
	d.PID, d.Version, d.Since = os.Getpid(), c.version, c.since.Round(0)
	d.Lines, d.Events, d.Backlog = c.counts()
	report.Listeners, report.Files = c.listeners(), c.files()
	st := c.stats()
	report.Journal = statusJournal{st.Seq, st.Checkpoint, st.Segments, st.Size, st.Failures}
	answer(w, http.StatusOK, report)
}

// writeStatusJSON writes one object a line, the type first.
func writeStatusJSON(r statusReport, w io.Writer) error {
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
		statusDaemon
	}{"daemon", r.Daemon})
	for _, i := range r.Incidents {
		put(struct {
			Type string `json:"type"`
			statusIncident
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
			statusListener
		}{"listener", l})
	}
	for _, f := range r.Files {
		put(struct {
			Type string `json:"type"`
			statusFile
		}{"file", f})
	}
	for _, q := range r.Silences {
		put(struct {
			Type string `json:"type"`
			silenceForm
		}{"silence", q})
	}
	put(struct {
		Type string `json:"type"`
		statusJournal
	}{"journal", r.Journal})
	return err
}
