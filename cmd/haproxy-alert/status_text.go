package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/control"
	"haproxy-alert/cmd/haproxy-alert/intake"
	"haproxy-alert/cmd/haproxy-alert/term"
)

// listenersStatus tells of each socket.
func listenersStatus(f *intake.Feed) []control.StatusListener {
	var all []control.StatusListener
	for _, r := range f.Receivers {
		st := r.Stats()
		all = append(all, control.StatusListener{
			Address: r.String(), Lines: st.Frames, Connections: st.Connections, Dropped: st.Dropped,
			Refused: st.Refused, Cut: st.Cut, Bad: st.Bad, TooMany: st.TooMany, Handshakes: st.Handshakes,
		})
	}
	return all
}

func (t *statusTable) listeners(list []control.StatusListener) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(t)
	t.row("LISTENER", "LINES", "CONNECTIONS", "STATE")
	for _, l := range list {
		t.row(l.Address, fmt.Sprint(l.Lines), fmt.Sprint(l.Connections), lostOf(l))
	}
}

// lostOf says in words what did not come in.
func lostOf(l control.StatusListener) string {
	var lost []string
	add := func(n uint64, of string) {
		if n > 0 {
			lost = append(lost, fmt.Sprintf("%d %s", n, of))
		}
	}
	add(l.Dropped, "DROPPED by the kernel")
	add(l.Refused, "refused by allow")
	add(l.TooMany, "connections too many")
	add(l.Handshakes, "handshakes failed")
	add(l.Cut, "cut at max_frame")
	add(l.Bad, "not readable")
	if len(lost) == 0 {
		return "all taken"
	}
	return strings.Join(lost, ", ")
}

// writeStatus tells a person how things are; nothing in it can drive a terminal.
func writeStatus(r control.StatusReport, w io.Writer, now time.Time) error {
	t := &statusTable{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	t.incidents(r.Incidents)
	t.channels(r.Channels, now)
	t.sources(r.Sources, now)
	t.listeners(r.Listeners)
	t.files(r.Files, now)
	t.silences(r.Silences, now)
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n%s\n", journalWords(r.Journal), daemonWords(r.Daemon, now))
	return err
}

type statusTable struct{ *tabwriter.Writer }

func (t *statusTable) row(cells ...string) {
	for k := range cells {
		cells[k] = term.Visible(cells[k])
	}
	fmt.Fprintln(t, strings.Join(cells, "\t"))
}

func (t *statusTable) incidents(list []control.StatusIncident) {
	if len(list) == 0 {
		fmt.Fprintln(t, "no open incidents")
		return
	}
	t.row("OPEN", "FOR", "SEVERITY", "SEEN BY", "WHY")
	for _, i := range list {
		why := i.Reason
		if i.Planned {
			why = strings.TrimSpace("planned " + why)
		}
		lasted := time.Duration(i.DurationS * float64(time.Second))
		t.row(i.Key, alert.Duration(lasted), i.Severity.String(), strings.Join(i.Observers, ", "), why)
	}
}

func (t *statusTable) channels(list []alert.ChannelStatus, now time.Time) {
	fmt.Fprintln(t)
	t.row("CHANNEL", "WAITING", "DELIVERED", "LAST", "REFUSED", "GAVE UP", "FOLDED", "RATE", "STATE")
	for _, c := range list {
		rate := "-"
		if c.Rate != "" {
			rate = fmt.Sprintf("%d of %s", c.Used, c.Rate)
		}
		t.row(c.Name, fmt.Sprint(c.Waiting), fmt.Sprint(c.Delivered), ago(c.Last, now),
			fmt.Sprint(c.Refused+c.Partly), fmt.Sprint(c.GaveUp), fmt.Sprint(c.Folded), rate, channelState(c, now))
	}
}

// channelState says in words how it goes with a channel.
func channelState(c alert.ChannelStatus, now time.Time) string {
	switch {
	case !c.Failing.IsZero():
		return fmt.Sprintf("failing for %s, %s: %s", alert.Duration(now.Sub(c.Failing)), term.Counted(c.Attempts, "attempt"), c.Error)
	case c.Waiting > 0 && c.Next.After(now):
		return "next in " + alert.Duration(c.Next.Sub(now))
	case c.Error != "":
		return fmt.Sprintf("works; said %s: %s", ago(c.Erred, now), c.Error)
	}
	return "works"
}

func (t *statusTable) sources(list []alert.SourceStatus, now time.Time) {
	fmt.Fprintln(t)
	if len(list) == 0 {
		fmt.Fprintln(t, "no health line was heard yet")
		return
	}
	t.row("SOURCE", "LAST HEALTH LINE", "STATE")
	for _, s := range list {
		name, state := s.Name, "heard"
		if name == "" {
			name = "(no name)"
		}
		if s.Silent {
			state = "SILENT: whatever happens there is not seen"
		}
		t.row(name, ago(s.Heard, now), state+troubles(s, now))
	}
}

// troubles say what a load balancer said of itself.
func troubles(s alert.SourceStatus, now time.Time) string {
	var words string
	if s.Lost > 0 {
		words += "; it LOST " + term.Counted(s.Lost, "event") + ", the last " + ago(s.LostAt, now)
	}
	if s.HardStops > 0 {
		words += fmt.Sprintf("; %s closed %s, the last %s", term.Counted(s.HardStops, "hard stop"), term.Counted(s.Closed, "connection"), ago(s.HardStopped, now))
	}
	return words
}

func (t *statusTable) files(list []control.StatusFile, now time.Time) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(t)
	t.row("FILE", "LAST LINE", "LINES", "STATE")
	for _, f := range list {
		t.row(f.Path, ago(f.Last, now), fmt.Sprint(f.Lines), fileWords(f))
	}
}

// fileWords say how it goes with a log file.
func fileWords(f control.StatusFile) string {
	words := "read to its end"
	switch {
	case f.State == "missing":
		words = "MISSING: waiting for it"
	case f.Error != "":
		words = "CANNOT READ: " + f.Error
	case f.Behind > 0:
		words = fmt.Sprintf("%d bytes behind", f.Behind)
	}
	if f.Missed > 0 {
		words += "; LINES MAY BE MISSING, " + term.Counted(int(f.Missed), "time") + ", the last: " + f.Miss
	}
	return words
}

func (t *statusTable) silences(list []control.SilenceForm, now time.Time) {
	fmt.Fprintln(t)
	if len(list) == 0 {
		fmt.Fprintln(t, "no silences")
		return
	}
	t.row("SILENCE", "WHEN", "HELD", "WHAT")
	for _, f := range list {
		t.row(f.ID, f.When()+f.Left(now), fmt.Sprint(f.Held), f.What())
	}
}

// ago says how long ago something was.
func ago(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return alert.Duration(now.Sub(at)) + " ago"
}

func journalWords(j control.StatusJournal) string {
	words := fmt.Sprintf("journal: %s in %s, %.1f MiB", term.Counted(int(j.Facts), "fact"), term.Counted(j.Segments, "segment"), float64(j.Bytes)/(1<<20))
	if j.Failures > 0 {
		return words + fmt.Sprintf("; %s FAILED since the start, see the log", term.Counted(int(j.Failures), "write"))
	}
	return words + ", no failed writes"
}

func daemonWords(d control.StatusDaemon, now time.Time) string {
	words := []string{fmt.Sprintf("daemon: pid %d, running for %s, %s, %d of them about health, %s kept back by rules",
		d.PID, alert.Duration(now.Sub(d.Since)), term.Counted(int(d.Lines), "line"), d.Events, term.Counted(d.Suppressed, "notice"))}
	if d.Backlog > 0 {
		words = append(words, fmt.Sprintf("%.1f MiB of lines wait to be recorded", float64(d.Backlog)/(1<<20)))
	}
	for _, bound := range slices.Sorted(maps.Keys(d.Overflow)) {
		words = append(words, fmt.Sprintf("bound of %s reached %s", bound, term.Counted(d.Overflow[bound], "time")))
	}
	return strings.Join(words, "; ")
}
