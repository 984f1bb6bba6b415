package main

import (
	"context"
	"fmt"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// steadyRate is what a busy load balancer logs, in lines a second.
const steadyRate = 200_000

// steadyParts are the stretches of time that are compared.
const steadyParts = 6

// steady sees whether a load that goes on makes the daemon take more and more.
func (b *bench) steady(ctx context.Context) (report.Section, error) {
	s := report.Section{
		Title: "A steady load",
		How: fmt.Sprintf(`%s datagrams of the same traffic for %v, to one daemon. It is flat when the last sixth of the time took no more
than the second (in the first one the program warms up): processor time a message, and memory (RSS) at the end of each.`, report.PerSecond.Format(steadyRate), b.size.steady),
		Limit: `Nothing is kept of a line that is not about health. What grows is the history of incidents, which is bounded, and the journal
on the disk.`,
	}
	lines, err := load.Mixed(b.size.traffic, healthEvery)
	if err != nil {
		return s, err
	}
	kind := peer.Ours(b.binary)
	dir, err := b.folder("steady")
	if err != nil {
		return s, err
	}
	r, err := kind.Start(ctx, dir, "udp", none)
	if err != nil {
		return s, err
	}
	defer r.Kill()
	detail := report.Detail{Title: "Each sixth of the time", Cells: [][]string{{"sixth", "sent", "processor time a message", "memory", "datagrams dropped"}}}
	var spent, memory report.Series
	for part := range steadyParts {
		cells, err := b.sixth(ctx, r, lines, &spent, &memory)
		if err != nil {
			return s, err
		}
		detail.Cells = append(detail.Cells, append([]string{fmt.Sprint(part + 1)}, cells...))
	}
	s.Detail = []report.Detail{detail}
	flat := report.Goal{Kind: report.RatioAtMost, Bound: 1.1}
	last := steadyParts - 1
	s.Rows = []report.Row{
		{What: "steady load, processor time a message", Unit: report.Seconds, Ours: spent[last:], Peer: "its second sixth", Theirs: spent[1:2], Goal: flat},
		{What: "steady load, memory", Unit: report.Bytes, Ours: memory[last:], Peer: "its second sixth", Theirs: memory[1:2], Goal: flat},
	}
	return s, nil
}

// sixth sends for a sixth of the time and adds what that took.
func (b *bench) sixth(ctx context.Context, r *peer.Receiver, lines load.Lines, spent, memory *report.Series) ([]string, error) {
	before, err := r.CPU()
	if err != nil {
		return nil, err
	}
	earlier, err := r.Sockets()
	if err != nil {
		return nil, err
	}
	n := int(steadyRate * (b.size.steady / steadyParts).Seconds())
	took, err := b.send(ctx, r, lines, n)
	if err != nil {
		return nil, err
	}
	after, err := r.CPU()
	if err != nil {
		return nil, err
	}
	now, _, err := r.Memory()
	if err != nil {
		return nil, err
	}
	sockets, err := r.Sockets()
	if err != nil {
		return nil, err
	}
	*spent = append(*spent, (after-before).Seconds()/float64(n))
	*memory = append(*memory, float64(now))
	b.say("steady: %v a message, %d MiB", (after-before)/time.Duration(n), now>>20)
	return []string{
		report.PerSecond.Format(float64(n) / took.Seconds()), report.Seconds.Format((after - before).Seconds() / float64(n)),
		report.Bytes.Format(float64(now)), report.Lines.Format(float64(sockets.Dropped - earlier.Dropped)),
	}, nil
}

// send sends n datagrams in pieces of a second, so that an interruption is heard.
func (b *bench) send(ctx context.Context, r *peer.Receiver, lines load.Lines, n int) (time.Duration, error) {
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
