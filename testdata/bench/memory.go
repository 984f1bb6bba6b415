package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// farms are the backends.
const farms = 100

// memory measures the daemon that knows many servers.
func (b *bench) memory(ctx context.Context) (report.Section, error) {
	s := report.Section{
		Title: "Memory",
		How: fmt.Sprintf(`Each of %s servers of 100 backends fails and comes back, within 5 s, and then %s of them fail: what the daemon has in
memory (RSS) at its peak of all this. rsyslog is idle, after its start, for the scale.`,
			report.Lines.Format(float64(b.size.known)), report.Lines.Format(float64(b.size.down))),
		Limit: `What is known of each server, the queues of a burst on its way to the disk, and Go's runtime with the garbage that is not yet
collected; an idle daemon has the runtime alone.`,
	}
	known := report.Row{
		What: "memory, many servers known", Unit: report.Bytes, Goal: report.Goal{Kind: report.EachAtMost, Bound: 64 << 20},
	}
	for range b.size.slowPairs {
		peak, err := b.crowd(ctx)
		if err != nil {
			return s, err
		}
		b.say("memory: %s", report.Bytes.Format(float64(peak)))
		known.Ours = append(known.Ours, float64(peak))
	}
	s.Rows = append(s.Rows, known)
	kinds, missing := b.receivers("memory")
	s.Rows = append(s.Rows, missing...)
	idle := map[string]float64{}
	for _, kind := range kinds {
		now, err := b.idle(ctx, kind)
		if err != nil {
			return s, err
		}
		idle[kind.Name] = float64(now)
	}
	for _, kind := range kinds[1:] {
		s.Rows = append(s.Rows, report.Row{
			What: "memory, idle", Unit: report.Bytes, Ours: report.Series{idle[kinds[0].Name]},
			Peer: kind.Name, Theirs: report.Series{idle[kind.Name]},
		})
	}
	return s, nil
}

// idle is what a receiver has in memory after its start.
func (b *bench) idle(ctx context.Context, kind peer.Kind) (int64, error) {
	dir, err := b.folder("memory")
	if err != nil {
		return 0, err
	}
	r, err := kind.Start(ctx, dir, "udp", none)
	if err != nil {
		return 0, err
	}
	defer r.Kill()
	if err := r.Quiet(ctx); err != nil {
		return 0, err
	}
	now, _, err := r.Memory()
	return now, err
}

// crowd is the peak of a daemon to which all its servers have happened.
func (b *bench) crowd(ctx context.Context) (int64, error) {
	dir, err := b.folder("crowd")
	if err != nil {
		return 0, err
	}
	r, err := peer.Ours(b.binary).Start(ctx, dir, "tcp", none)
	if err != nil {
		return 0, err
	}
	defer r.Kill()
	conn, err := net.Dial("tcp", r.Addr.String())
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	size := b.size.known / farms
	for farm := range farms {
		for n := range size {
			proxy := fmt.Sprintf("be_%02d", farm)
			if _, err := conn.Write(frames(downText(proxy, n, size), upText(proxy, n, size))); err != nil {
				return 0, err
			}
		}
		time.Sleep(b.size.farmEvery)
	}
	for farm := range farms {
		for n := range b.size.down / farms {
			if _, err := conn.Write(frames(downText(fmt.Sprintf("be_%02d", farm), n, size))); err != nil {
				return 0, err
			}
		}
	}
	if _, err := conn.Write(frames(lastLine)); err != nil {
		return 0, err
	}
	if err := r.AwaitWritten(ctx, "be_bench_end", streamWithin); err != nil {
		return 0, err
	}
	if err := r.Quiet(ctx); err != nil {
		return 0, err
	}
	_, peak, err := r.Memory()
	return peak, err
}

// frames are octet-counted lines.
func frames(texts ...string) []byte {
	var b []byte
	for _, text := range texts {
		line := "<129>" + time.Now().Format(time.Stamp) + " haproxy[4242]: " + text
		b = fmt.Appendf(b, "%d %s", len(line), line)
	}
	return b
}
