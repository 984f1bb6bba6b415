package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// match is one way to read a log, ours and another's.
type match struct {
	what, name string
	ours       command
	log        *heap // what both read
	theirs     command
	goal       report.Goal
	pairs      int
	processor  bool // a row for processor time too
}

// heap is a log and the truth about it.
type heap struct {
	plain, gz, zst string
	health         int
}

// replay compares `replay` with what else reads a log from its beginning to its end.
func (b *bench) replay(ctx context.Context) (report.Section, error) {
	s := report.Section{
		Title: "Old logs",
		How: fmt.Sprintf(`A log of %s of real lines, as rsyslog writes them, in the page cache; one line in 10,000 is about health, in the
order HAProxy wrote them. haproxy-alert replay runs each health line through the rules and must find all of them, no more and no
less, in every run. grep -cE counts two kinds of them; halog -srv sums the traffic up by server; mtail counts what goes up and
down, on a tenth of the log. LC_ALL=C, output to a pipe.`, report.Bytes.Format(float64(b.size.logBytes))),
		Limit: `A plain log is limited by how fast memory can be read and by how the kernel hands out its page cache; all cores read at
once, while wc -l has one, and on two cores that others need too the advantage is small. A pipe is copied twice and has one
reader. A compressed log is limited by its decompression, which one core does for one file.`,
	}
	whole, err := b.writeLogs(b.size.logBytes)
	if err != nil {
		return s, err
	}
	defer whole.remove()
	tenth, err := b.writeLogs(b.size.logBytes / 10)
	if err != nil {
		return s, err
	}
	defer tenth.remove()
	for _, m := range append(b.matches(whole), b.mtail(tenth)) {
		rows, err := b.play(ctx, m)
		if err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, rows...)
	}
	return s, nil
}

// matches are all but that with mtail.
func (b *bench) matches(h *heap) []match {
	ours := func(path string) command { return command{args: []string{b.binary, "replay", "--json", path}} }
	piped := shell(`cat "$1" | "$2" replay --json -`, h.plain, b.binary)
	const health = `\]: ((Backup )?Server [^ ]+ is (DOWN|UP)|(proxy|backend) [^ ]+ has no server available!)`
	fast, slow := b.size.pairs, b.size.slowPairs
	return []match{
		{
			what: "replay, plain", ours: ours(h.plain), log: h, name: "wc -l", theirs: command{args: []string{"wc", "-l", h.plain}},
			goal: report.Goal{Kind: report.RatioAtMost, Bound: 1}, pairs: fast, processor: true,
		},
		{what: "replay, plain", ours: ours(h.plain), log: h, name: "grep -cE", theirs: command{args: []string{"grep", "-cE", health, h.plain}}, pairs: fast},
		{what: "replay, plain", ours: ours(h.plain), log: h, name: "halog -srv", theirs: command{args: []string{"halog", "-srv"}, in: h.plain}, pairs: fast},
		{what: "replay, from a pipe", ours: piped, log: h, name: "cat | wc -l", theirs: shell(`cat "$1" | wc -l`, h.plain), pairs: fast, processor: true},
		{what: "replay, gzip", ours: ours(h.gz), log: h, name: "zcat | wc -l", theirs: shell(`zcat "$1" | wc -l`, h.gz), pairs: slow, processor: true},
		{what: "replay, zstd", ours: ours(h.zst), log: h, name: "zstdcat | wc -l", theirs: shell(`zstdcat "$1" | wc -l`, h.zst), pairs: slow, processor: true},
	}
}

const mtailProgram = `counter health by server, state
/\]: (Backup )?Server (?P<server>[^ ]+) is (?P<state>DOWN|UP)/ {
  health[$server][$state]++
}
`

// mtail is the match with it; it is slow.
func (b *bench) mtail(h *heap) match {
	m := match{
		what: "replay, plain, a tenth", ours: command{args: []string{b.binary, "replay", "--json", h.plain}}, log: h,
		name: "mtail", pairs: b.size.slowPairs,
	}
	path, env, err := peer.LookBeside("mtail", "usr/bin/mtail")
	if err != nil {
		if path, err = peer.Look("mtail"); err != nil {
			return m
		}
	}
	progs := filepath.Join(b.dir, "progs")
	if os.MkdirAll(progs, 0o755) == nil && os.WriteFile(filepath.Join(progs, "health.mtail"), []byte(mtailProgram), 0o644) == nil {
		m.theirs = command{args: []string{path, "--one_shot", "--logtostderr", "--progs", progs, "--logs", h.plain}, env: env}
	}
	return m
}

// play runs a match in turns.
func (b *bench) play(ctx context.Context, m match) ([]report.Row, error) {
	wall := report.Row{What: m.what, Unit: report.Seconds, Peer: m.name, Goal: m.goal}
	cpu := report.Row{What: m.what + ", processor time", Unit: report.Seconds, Peer: m.name}
	wall.Missing = b.lacking(m)
	for range m.pairs {
		mine, said, err := m.ours.run(ctx)
		if err == nil {
			err = m.log.judge(said)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.what, err)
		}
		wall.Ours, cpu.Ours = append(wall.Ours, mine.wall.Seconds()), append(cpu.Ours, mine.cpu.Seconds())
		if wall.Missing != "" {
			continue
		}
		other, _, err := m.theirs.run(ctx)
		if err != nil {
			return nil, err
		}
		wall.Theirs, cpu.Theirs = append(wall.Theirs, other.wall.Seconds()), append(cpu.Theirs, other.cpu.Seconds())
		b.say("%s: ours %v, %s %v", m.what, mine.wall, m.name, other.wall)
	}
	if m.processor && wall.Missing == "" {
		return []report.Row{wall, cpu}, nil
	}
	return []report.Row{wall}, nil
}

// lacking says which program of the other's is not there.
func (b *bench) lacking(m match) string {
	if len(m.theirs.args) == 0 {
		return peer.Missing{Name: m.name, Why: "testdata/peers/install.sh bench unpacks it for root"}.Error()
	}
	for name := range strings.SplitSeq(m.name, " | ") {
		program, _, _ := strings.Cut(name, " ")
		if program == "mtail" {
			continue
		}
		if _, err := peer.Look(program); err != nil {
			return err.Error()
		}
	}
	return ""
}

// judge compares what replay --json found with the truth.
func (h *heap) judge(said string) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	var summary struct {
		Type   string
		Events int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &summary); err != nil || summary.Type != "summary" {
		return fmt.Errorf("no summary but %q: %w", lines[len(lines)-1], err)
	}
	if summary.Events != h.health {
		return fmt.Errorf("found %d health lines of %d", summary.Events, h.health)
	}
	return nil
}
