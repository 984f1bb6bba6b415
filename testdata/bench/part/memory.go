package part

import (
	"context"
	"fmt"
	"net"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// Memory measures the daemon that knows many servers.
type Memory struct {
	Known, Down int           // servers
	Every       time.Duration // between two backends of them
	Runs        int
}

// Measure measures ours at its peak, and all of them idle.
func (m Memory) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "Memory",
		How: fmt.Sprintf(`Each of %s servers of 100 backends fails and comes back, within 5 s, and then %s of them fail: what the daemon has in
memory (RSS) at its peak of all this. rsyslog is idle, after its start, for the scale.`,
			report.Lines.Format(float64(m.Known)), report.Lines.Format(float64(m.Down))),
		Limit: `What is known of each server, the queues of a burst on its way to the disk, and Go's runtime with the garbage that is not yet
collected; an idle daemon has the runtime alone.`,
	}
	known := report.Row{
		What: "memory, many servers known", Unit: report.Bytes, Goal: report.Goal{Kind: report.EachAtMost, Bound: 64 << 20},
	}
	for range m.Runs {
		peak, err := m.crowd(ctx, b)
		if err != nil {
			return s, err
		}
		b.say("memory: %s", report.Bytes.Format(float64(peak)))
		known.Ours = append(known.Ours, float64(peak))
	}
	kinds, missing := b.receivers("memory")
	s.Rows = append([]report.Row{known}, missing...)
	idle := turns(kinds)
	for i, kind := range kinds {
		now, err := b.idle(ctx, kind)
		if err != nil {
			return s, err
		}
		idle.Add(i, float64(now))
	}
	s.Rows = append(s.Rows, idle.Rows("memory, idle", report.Bytes, report.Goal{})...)
	return s, nil
}

// idle is what a receiver has in memory after its start.
func (b *Bench) idle(ctx context.Context, kind peer.Kind) (int64, error) {
	r, err := b.start(ctx, kind, "udp", none)
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

// backends are those of the crowd.
const backends = 100

// crowd is the peak of a daemon to which all its servers have happened.
func (m Memory) crowd(ctx context.Context, b *Bench) (int64, error) {
	r, err := b.start(ctx, b.ours(), "tcp", none)
	if err != nil {
		return 0, err
	}
	defer r.Kill()
	conn, err := net.Dial("tcp", r.Addr.String())
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := m.happen(conn); err != nil {
		return 0, err
	}
	if err := r.AwaitWritten(ctx, load.Ending, streamWithin); err != nil {
		return 0, err
	}
	if err := r.Quiet(ctx); err != nil {
		return 0, err
	}
	_, peak, err := r.Memory()
	return peak, err
}

// happen has all servers fail and come back, one backend after the other, and then some
// of each fail.
func (m Memory) happen(conn net.Conn) error {
	size := m.Known / backends
	for k := range backends {
		for n := range size {
			if _, err := conn.Write(load.Frames(load.Down(backend(k), n, size), load.Up(backend(k), n, size))); err != nil {
				return err
			}
		}
		time.Sleep(m.Every)
	}
	for k := range backends {
		for n := range m.Down / backends {
			if _, err := conn.Write(load.Frames(load.Down(backend(k), n, size))); err != nil {
				return err
			}
		}
	}
	_, err := conn.Write(load.Frames(load.End))
	return err
}

func backend(k int) string { return fmt.Sprintf("be_%02d", k) }
