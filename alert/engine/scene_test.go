package engine_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

var update = flag.Bool("update", false, "rewrite what the scenes want")

// scene is a score from testdata/scenes; its README says how to read one.
type scene struct {
	policy alert.Policy
	facts  []alert.Fact
}

func TestScenes(t *testing.T) {
	files, err := filepath.Glob("../../testdata/scenes/*.txtar")
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
	r := engine.Replay{
		Policy: sc.policy,
		Told:   func(d alert.Decision) { told.WriteString(decisionLine(d)) },
		Ended:  func(i alert.Incident) { ended.WriteString(incidentLine(i)) },
	}
	for _, f := range sc.facts {
		if f.Kind == alert.Operator {
			r.Operate(f)
			continue
		}
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
	if len(sc.policy.Channels) == 0 {
		sc.policy.Channels = []alert.Channel{{Name: "replay"}}
	}
	var told strings.Builder
	last := ""
	hear := func(d alert.Decision) {
		if d.Notice.ID != last {
			told.WriteString(decisionLine(d))
		}
		last = d.Notice.ID
	}
	s := engine.New(sc.policy, nil)
	s.Trace(hear)
	until := func(end time.Time) {
		for now := s.Clock(); !now.After(end); {
			plan := s.Due(now, nil)
			for _, d := range plan.Send {
				s.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID})
			}
			if plan.Idle {
				s.Apply(alert.Fact{Kind: alert.Operator, Time: now})
			}
			if len(plan.Send) == 0 && !plan.Idle {
				now = now.Add(700 * time.Millisecond)
			}
		}
	}
	for _, f := range sc.facts {
		if !s.Clock().IsZero() {
			until(f.Time.Add(-time.Nanosecond))
		}
		s.Apply(f)
		s = restored(t, sc.policy, s)
		s.Trace(hear)
	}
	until(s.Clock().Add(10 * time.Second))
	return told.String()
}

// decisionLine is a notice, behind the channels that hear it when the scene names
// any, or the rule that keeps it back.
func decisionLine(d alert.Decision) string {
	line := noticeLine(d.Notice)
	switch {
	case d.Rule != "":
		return "held (" + d.Rule + ") " + line
	case slices.Equal(d.Channels, []string{"replay"}):
		return line
	}
	return strings.Join(d.Channels, ",") + ": " + line
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

// readChannel reads "pager" or "pager alert": a name and the least severity.
func readChannel(t *testing.T, text string) alert.Channel {
	t.Helper()
	name, level, _ := strings.Cut(text, " ")
	c := alert.Channel{Name: name}
	if level != "" {
		if err := c.Level.UnmarshalText([]byte(level)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// readRoute reads "db_.* -> pager,ops [continue] [hold 30s]".
func readRoute(t *testing.T, text string) alert.Route {
	t.Helper()
	words := strings.Fields(text)
	r := alert.Route{Match: alert.Match{Proxy: pattern(t, words[0])}, Channels: strings.Split(words[2], ",")}
	for k, w := range words {
		switch w {
		case "continue":
			r.Continue = true
		case "hold":
			d := mustDuration(t, words[k+1])
			r.HoldDown = &d
		}
	}
	return r
}

// readSilence reads "NAME PROXY FROM UNTIL" or "NAME PROXY Sat 02:00-04:00".
func readSilence(t *testing.T, text string) alert.Silence {
	t.Helper()
	words := strings.Fields(text)
	q := alert.Silence{ID: words[0], Match: alert.Match{Proxy: pattern(t, words[1])}}
	if strings.Contains(words[3], "-") {
		var err error
		if q.Hours, err = alert.ParseHours(words[2]+" "+words[3], alert.Zone{}); err != nil {
			t.Fatal(err)
		}
		return q
	}
	q.From, q.Until = start.Add(mustDuration(t, words[2])), start.Add(mustDuration(t, words[3]))
	return q
}

var sceneLine = regexp.MustCompile(`^(\+?)([^\s@]+)(?:@(\S+))? ([^\[ ]+)\[(\d+)\](?:/(\S+))? (.+)$`)

var operatorLine = regexp.MustCompile(`^\+(\S+) (silence|expire) (.+)$`)

// ordered reads an operator's "silence NAME PROXY DURATION" or "expire NAME".
func ordered(t *testing.T, at time.Time, command, args string) alert.Fact {
	t.Helper()
	if command == "expire" {
		return alert.Fact{Kind: alert.Operator, Time: at, Expire: true, Silence: alert.Silence{ID: args}}
	}
	words := strings.Fields(args)
	return alert.Fact{Kind: alert.Operator, Time: at, Silence: alert.Silence{
		ID: words[0], Match: alert.Match{Proxy: pattern(t, words[1])},
		From: at, Until: at.Add(mustDuration(t, words[2])),
	}}
}

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
		case "limit_quiet":
			sc.policy.LimitQuiet = mustDuration(t, value)
		case "drops":
			sc.policy.Drops = mustDuration(t, value)
		case "hard_stops":
			sc.policy.HardStops = value == "true"
		case "digest":
			sc.policy.Digest = mustInt(t, value)
		case "flap":
			changes, within, _ := strings.Cut(value, " ")
			sc.policy.Flap = alert.Flap{Changes: mustInt(t, changes), Within: mustDuration(t, within)}
		case "channel":
			sc.policy.Channels = append(sc.policy.Channels, readChannel(t, value))
		case "route":
			sc.policy.Routes = append(sc.policy.Routes, readRoute(t, value))
		case "silence":
			sc.policy.Silences = append(sc.policy.Silences, readSilence(t, value))
		case "planned":
			if err := sc.policy.Planned.UnmarshalText([]byte(value)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var at time.Duration
	for line := range strings.Lines(section(a, "lines")) {
		if m := operatorLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			at += mustDuration(t, m[1])
			sc.facts = append(sc.facts, ordered(t, start.Add(at), m[2], m[3]))
			continue
		}
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

func mustInt(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
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
