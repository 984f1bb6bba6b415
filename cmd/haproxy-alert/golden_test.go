package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/logs"
)

// goldenScenes are the scenes of the captures whose notices are written down.
var goldenScenes = []string{
	"flap5", "all-down-backup", "storm", "reload-down", "reload-heals", "slowstart", "admin-state", "agent",
	"observe", "dns", "statspage", "boot-down", "weight", "nolb404", "queue",
}

const goldenFolder = "../../testdata/notices"

// What an operator gets, word for word, with the default rules, for what was done
// to each captured HAProxy. -update rewrites the files; read the difference as the
// one who is woken by it.
func TestGoldenNotices(t *testing.T) {
	left := goldenFiles(t)
	for _, c := range captures(t) {
		for _, s := range c.scenarios {
			if !slices.Contains(goldenScenes, s.name) {
				continue
			}
			file := filepath.Join(goldenFolder, c.version, s.name+".txt")
			delete(left, file)
			t.Run(c.version+"/"+s.name, func(t *testing.T) { holdGolden(t, file, writeScore(t, c.version, s)) })
		}
	}
	for _, file := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("%s belongs to no scenario of the captures", file)
	}
}

// goldenFiles are those that are there.
func goldenFiles(t *testing.T) map[string]bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(goldenFolder, "*", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, name := range names {
		files[name] = true
	}
	return files
}

// holdGolden compares a score with its file, or writes it there.
func holdGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("notices (-%s +got):\n%s", filepath.Base(file), d)
	}
}

// writeScore replays a scenario as the command does, with the embedded defaults.
func writeScore(t *testing.T, version string, s scenario) string {
	t.Helper()
	cfg := config.Defaults()
	cfg.Settle()
	w := &score{title: version + ", scenario " + s.name, sent: map[string]time.Time{}}
	for _, a := range s.actions {
		if text := deed(a); text != "" {
			w.add(a.time().Truncate(time.Second), "> "+text)
		}
	}
	r := newReplay(&cfg, io.Discard, false)
	r.show, r.rules.Words = w, template.Default(time.UTC)
	reader := &logs.LogReader{Each: r.line}
	opts := logs.LogOptions{Zone: "UTC", Year: 2026}
	if err := opts.Read(t.Context(), []string{"-"}, bytes.NewReader(s.log), reader); err != nil {
		t.Fatal(err)
	}
	if err := r.finish(reader.Totals); err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// score is a replayView: a timeline of what was done to HAProxy (">") and of the
// notices about it.
type score struct {
	title   string
	entries []entry
	sent    map[string]time.Time // by the notice's id: what mail threads hang on
	open    []string             // incidents without an end
	sum     summary
}

// entry is one deed, or one notice with all that it says.
type entry struct {
	at   time.Time
	text string
}

func (w *score) add(at time.Time, text string) { w.entries = append(w.entries, entry{at, text}) }

func (w *score) notice(d alert.Decision) {
	n := d.Notice
	fate := "to " + strings.Join(d.Channels, ", ")
	if d.Rule != "" {
		fate = "kept back: " + d.Rule
	}
	w.sent[n.ID] = d.Time
	w.add(d.Time, fmt.Sprintf("%s %s %s, %s\n%s\n\n%s", n.Kind, n.Severity, w.thread(n), fate, n.Subject, n.Body))
}

// thread says which notice this one answers, as a mail reader shows it.
func (w *score) thread(n alert.Notice) string {
	first, known := w.sent[n.First]
	switch {
	case n.First == n.ID:
		return "(new)"
	case known:
		return fmt.Sprintf("(on that of %s)", first.Format(time.TimeOnly))
	}
	return "(on one never told)"
}

func (w *score) incident(i alert.Incident, _ time.Time) {
	if i.Closed.IsZero() {
		w.open = append(w.open, i.Key)
	}
}

func (w *score) summary(s summary) error {
	w.sum = s
	return nil
}

// String lays the entries out by their offsets from the first line of the log; in
// one second the deeds come first.
func (w *score) String() string {
	slices.SortStableFunc(w.entries, func(a, b entry) int { return a.at.Compare(b.at) })
	var b strings.Builder
	fmt.Fprintf(&b, "%s, from %s\n\n", w.title, w.sum.First.Format(time.RFC3339))
	for _, e := range w.entries {
		head, rest, _ := strings.Cut(e.text, "\n")
		fmt.Fprintf(&b, "%-7s %s\n", fmt.Sprintf("%+gs", e.at.Sub(w.sum.First).Round(time.Millisecond).Seconds()), head)
		for line := range strings.Lines(rest) {
			b.WriteString(strings.TrimRight("        "+line, " \n") + "\n")
		}
		if rest != "" {
			b.WriteString("\n")
		}
	}
	fmt.Fprintf(&b, "\n%d health lines, %d incidents, %d notices; still open: %s\n",
		w.sum.Events, w.sum.Incidents, w.sum.Notices, cmp.Or(strings.Join(w.open, ", "), "none"))
	return b.String()
}

// deed puts an action in words; none for what only watches.
func deed(a action) string {
	switch a.Kind {
	case "backend":
		if a.Raw != "" {
			return fmt.Sprintf("%s: %s %.60q", strings.Join(a.Names, " "), a.Mode, a.Raw)
		}
		return strings.Join(a.Names, " ") + ": " + a.Mode
	case "cli":
		if !strings.HasPrefix(a.Cmd, "show ") {
			return "cli: " + strings.TrimSpace(a.Cmd+" "+strings.TrimSpace(a.Reply))
		}
	case "stats-post":
		return "stats page: " + a.Body
	case "spawn":
		return strings.Join(append([]string{"haproxy -f", path.Base(a.Cfg)}, a.Args...), " ")
	case "signal":
		return a.Sig
	case "ext":
		return "external check: " + a.State
	case "dns":
		return fmt.Sprint("dns: ", a.Zone)
	case "proto", "traffic-mode":
		return a.Kind + ": " + strings.Join(a.Names, " ") + " " + a.Mode
	}
	return ""
}
