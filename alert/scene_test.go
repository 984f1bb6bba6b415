package alert_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

var update = flag.Bool("update", false, "rewrite what the scenes want")

var start = time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)

// scene is a score from testdata/scenes; its README says how to read one.
type scene struct {
	policy alert.Policy
	facts  []alert.Fact
}

func TestScenes(t *testing.T) {
	files, err := filepath.Glob("../testdata/scenes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenes: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sc := readScene(t, archive)
			notices, incidents := sc.play()
			if *update {
				set(archive, "notices", notices)
				set(archive, "incidents", incidents)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(section(archive, "notices"), notices); d != "" {
				t.Errorf("notices (-want +got):\n%s", d)
			}
			if d := cmp.Diff(section(archive, "incidents"), incidents); d != "" {
				t.Errorf("incidents (-want +got):\n%s", d)
			}
			if d := cmp.Diff(notices, sc.playRestarting(t)); d != "" {
				t.Errorf("with a restart after each line (-straight +restarting):\n%s", d)
			}
		})
	}
}

// play runs the scene as replay does.
func (sc scene) play() (notices, incidents string) {
	var told, ended strings.Builder
	r := alert.Replay{
		Policy: sc.policy,
		Told:   func(n alert.Notice) { told.WriteString(noticeLine(n)) },
		Ended:  func(i alert.Incident) { ended.WriteString(incidentLine(i)) },
	}
	for _, f := range sc.facts {
		r.Observe(f)
	}
	for _, i := range r.Finish() {
		ended.WriteString(incidentLine(i))
	}
	return told.String(), ended.String()
}

// playRestarting runs the scene as the daemon does, with a crash and a restart
// from a checkpoint after every fact, and a look at the clock every 700 ms.
func (sc scene) playRestarting(t *testing.T) string {
	sc.policy.Channels = []alert.Channel{{Name: "ops"}}
	s := alert.NewState(sc.policy)
	var told strings.Builder
	until := func(end time.Time) {
		for now := s.Clock(); !now.After(end); now = now.Add(700 * time.Millisecond) {
			for _, d := range s.Due(now, nil).Send {
				told.WriteString(noticeLine(d.Notice))
				s.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: "ops", Notice: d.Notice.ID})
				now = now.Add(-700 * time.Millisecond)
			}
		}
	}
	for _, f := range sc.facts {
		if !s.Clock().IsZero() {
			until(f.Time.Add(-time.Nanosecond))
		}
		s.Apply(f)
		_, image, err := s.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		if s, err = alert.Restore(sc.policy, image); err != nil {
			t.Fatal(err)
		}
	}
	until(s.Clock().Add(time.Hour))
	return told.String()
}

func noticeLine(n alert.Notice) string {
	return fmt.Sprintf("%v %s %s %s\n", n.Time.Sub(start).Round(time.Microsecond), n.Kind, n.Severity, n.Subject)
}

func incidentLine(i alert.Incident) string {
	end := "open"
	if !i.Closed.IsZero() {
		end = i.Closed.Sub(start).String()
	}
	var more string
	if i.Planned {
		more += " planned"
	}
	if i.Flaps > 0 {
		more += fmt.Sprintf(" flaps=%d", i.Flaps)
	}
	return fmt.Sprintf("%s %v %s%s\n", i.Key, i.Opened.Sub(start), end, more)
}

var sceneLine = regexp.MustCompile(`^(\+?)([^\s@]+)(?:@(\S+))? ([^\[ ]+)\[(\d+)\](?:/(\S+))? (.+)$`)

func readScene(t *testing.T, a *txtar.Archive) scene {
	t.Helper()
	sc := scene{policy: alert.Policy{Timing: alert.Timing{GroupWait: alert.DefaultGroupWait}}}
	for line := range strings.SplitSeq(string(a.Comment), "\n") {
		switch key, value, _ := strings.Cut(line, " "); key {
		case "group_by":
			sc.policy.GroupBy = strings.Fields(value)
		case "group_wait":
			sc.policy.GroupWait = mustDuration(t, value)
		case "hold_down":
			sc.policy.HoldDown = mustDuration(t, value)
		case "remind":
			sc.policy.Remind = mustDuration(t, value)
		case "reload_grace":
			sc.policy.ReloadGrace = mustDuration(t, value)
		case "reload_quiet":
			sc.policy.ReloadQuiet = mustDuration(t, value)
		case "digest":
			fmt.Sscan(value, &sc.policy.Digest)
		case "flap":
			var within string
			fmt.Sscan(value, &sc.policy.Flap.Changes, &within)
			sc.policy.Flap.Within = mustDuration(t, within)
		case "planned":
			if err := sc.policy.Planned.UnmarshalText([]byte(value)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var at time.Duration
	for line := range strings.Lines(section(a, "lines")) {
		m := sceneLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			t.Fatalf("bad line %q", line)
		}
		if d := mustDuration(t, m[2]); m[1] == "+" {
			at += d
		} else {
			at = d
		}
		f := observed(t, start.Add(at), m[4], m[5], m[7])
		f.Source.Listener = m[6]
		if m[3] != "" {
			f.At = start.Add(mustDuration(t, m[3]))
		}
		sc.facts = append(sc.facts, f)
	}
	return sc
}

func observed(t *testing.T, at time.Time, host, pid, text string) alert.Fact {
	t.Helper()
	ev, ok := parse.Line(text)
	if !ok {
		t.Fatalf("no health line: %q", text)
	}
	n, _ := strconv.Atoi(pid)
	return alert.Fact{
		Kind: alert.Observed, Time: at, At: at, Event: ev, Text: text,
		Source: alert.Source{Host: host, Tag: "haproxy", PID: n},
	}
}

func mustDuration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func set(a *txtar.Archive, name, text string) {
	for i, f := range a.Files {
		if f.Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}
