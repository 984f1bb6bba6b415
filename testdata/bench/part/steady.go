package part

import (
	"context"
	"fmt"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// Steady sees whether a load that goes on makes the daemon take more and more.
type Steady struct {
	Traffic int64 // bytes of lines to send, again and again
	Lasts   time.Duration
}

const (
	// steadyRate is what a busy load balancer logs, in lines a second.
	steadyRate = 200_000
	// steadyParts are the stretches of time that are compared.
	steadyParts = 6
)

// Measure compares the last sixth of the time with the second.
func (l Steady) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "A steady load",
		How: fmt.Sprintf(`%s datagrams of the same traffic for %v, to one daemon. It is flat when the last sixth of the time took no more
than the second (in the first one the program warms up): processor time a message, and memory (RSS) at the end of each.`, report.PerSecond.Format(steadyRate), l.Lasts),
		Limit: `Nothing is kept of a line that is not about health. What grows is the history of incidents, which is bounded, and the journal
on the disk.`,
	}
	lines, err := load.Mixed(l.Traffic, healthEvery)
	if err != nil {
		return s, err
	}
	r, err := b.start(ctx, b.ours(), "udp", none)
	if err != nil {
		return s, err
	}
	defer r.Kill()
	n := int(steadyRate * (l.Lasts / steadyParts).Seconds())
	cells := [][]string{{"sixth", "sent", "processor time a message", "memory", "datagrams dropped"}}
	var spent, memory report.Series
	for part := range steadyParts {
		took, used, err := sixth(ctx, r, lines, n)
		if err != nil {
			return s, err
		}
		spent = append(spent, used.CPU.Seconds()/float64(n))
		memory = append(memory, float64(used.Memory))
		b.say("steady: %v a message, %d MiB", used.CPU/time.Duration(n), used.Memory>>20)
		cells = append(cells, []string{
			fmt.Sprint(part + 1), report.PerSecond.Format(perSecond(n, took)), report.Seconds.Format(spent[part]),
			report.Bytes.Format(memory[part]), report.Lines.Format(float64(used.Dropped)),
		})
	}
	s.Detail = []report.Detail{{Title: "Each sixth of the time", Cells: cells}}
	s.Rows = []report.Row{
		flat("steady load, processor time a message", report.Seconds, spent),
		flat("steady load, memory", report.Bytes, memory),
	}
	return s, nil
}

// flat compares the last sixth with the second.
func flat(what string, unit report.Unit, sixths report.Series) report.Row {
	return report.Row{
		What: what, Unit: unit, Ours: sixths[steadyParts-1:], Peer: "its second sixth", Theirs: sixths[1:2],
		Goal: report.Goal{Kind: report.RatioAtMost, Bound: 1.1},
	}
}

// sixth sends n datagrams, a sixth of all, and returns what that took.
func sixth(ctx context.Context, r *peer.Receiver, lines load.Lines, n int) (took time.Duration, used peer.Usage, err error) {
	before, err := r.Usage()
	if err != nil {
		return 0, used, err
	}
	if took, err = send(ctx, r, lines, n); err != nil {
		return 0, used, err
	}
	after, err := r.Usage()
	return took, after.Since(before), err
}

// send sends n datagrams in pieces of a second, so that an interruption is heard.
func send(ctx context.Context, r *peer.Receiver, lines load.Lines, n int) (time.Duration, error) {
	began := time.Now()
	for n > 0 && ctx.Err() == nil {
		piece := min(n, steadyRate)
		if _, err := (load.Sender{Lines: lines, To: r.Addr, Rate: steadyRate}).Send(piece); err != nil {
			return 0, err
		}
		n -= piece
	}
	return time.Since(began), ctx.Err()
}
