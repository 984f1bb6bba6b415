package part

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// match is one way to read a log, ours and another's.
type match struct {
	what, name string
	ours       peer.Command
	log        load.Log // what both read
	theirs     peer.Command
	goal       report.Goal
	pairs      int
	processor  bool // a row for processor time too
}

// play runs a match in turns.
func (m match) play(ctx context.Context, b *Bench) ([]report.Row, error) {
	wall := report.Row{What: m.what, Unit: report.Seconds, Peer: m.name, Goal: m.goal}
	cpu := report.Row{What: m.what + ", processor time", Unit: report.Seconds, Peer: m.name}
	wall.Missing = m.lacking()
	for range m.pairs {
		mine, said, err := m.ours.Run(ctx)
		if err == nil {
			err = foundAll(m.log, said)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.what, err)
		}
		wall.Ours, cpu.Ours = append(wall.Ours, mine.Wall.Seconds()), append(cpu.Ours, mine.CPU.Seconds())
		if wall.Missing != "" {
			continue
		}
		other, _, err := m.theirs.Run(ctx)
		if err != nil {
			return nil, err
		}
		wall.Theirs, cpu.Theirs = append(wall.Theirs, other.Wall.Seconds()), append(cpu.Theirs, other.CPU.Seconds())
		b.say("%s: ours %v, %s %v", m.what, mine.Wall, m.name, other.Wall)
	}
	if m.processor && wall.Missing == "" {
		return []report.Row{wall, cpu}, nil
	}
	return []report.Row{wall}, nil
}

// lacking says which program of the other's is not there.
func (m match) lacking() string {
	if len(m.theirs.Args) == 0 {
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

// foundAll compares what replay --json says with the truth.
func foundAll(log load.Log, said string) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	var summary struct {
		Type   string
		Events int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &summary); err != nil || summary.Type != "summary" {
		return fmt.Errorf("no summary but %q: %w", lines[len(lines)-1], err)
	}
	if summary.Events != log.Health {
		return fmt.Errorf("found %d health lines of %d", summary.Events, log.Health)
	}
	return nil
}
