package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// lastLine is the health line at the end of a stream.
const lastLine = "Server be_bench_end/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. " +
	"0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."

// streamWithin is how long a receiver may take for a stream.
const streamWithin = 2 * time.Minute

// stream sends a stream on one connection. It returns how long it took until the last
// health line stood in a file, and the receiver's processor time.
func (b *bench) stream(ctx context.Context, kind peer.Kind, stream []byte, wanted []string) (took, cpu time.Duration, err error) {
	dir, err := b.folder("tcp")
	if err != nil {
		return 0, 0, err
	}
	r, err := kind.Start(ctx, dir, "tcp", none)
	if err != nil {
		return 0, 0, err
	}
	defer r.Kill()
	conn, err := net.Dial("tcp", r.Addr.String())
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close()
	before, err := r.CPU()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if _, err := conn.Write(stream); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", kind.Name, err)
	}
	if err := r.AwaitWritten(ctx, "be_bench_end", streamWithin); err != nil {
		return 0, 0, err
	}
	took = time.Since(began)
	after, err := r.CPU()
	if err != nil {
		return 0, 0, err
	}
	s := shot{}
	if err := s.judge(kind, r, wanted); err != nil {
		return 0, 0, err
	}
	if s.lost > 0 {
		return 0, 0, fmt.Errorf("%s: %d of %d health lines of a stream are missing", kind.Name, s.lost, s.wanted)
	}
	return took, after - before, nil
}

// tcp compares receivers of an octet-counted stream.
func (b *bench) tcp(ctx context.Context) (report.Section, error) {
	s := report.Section{
		Title: "TCP",
		How: fmt.Sprintf(`%s of the same lines go over one connection, octet-counted, as HAProxy's rings and rsyslog send them; the last one
is a health line. The time ends when that line stands in the receiver's file (ours: the journal, whose fdatasync follows within
a millisecond or so). No health line may be missing.`, report.Lines.Format(float64(b.size.streamLines))),
		Limit: `A stream is limited by the copy through the loopback, which sender and receiver share two cores for, and by what the
receiver does for each line: rsyslog and syslog-ng make an object of each, with all its fields, before their rules see it.`,
	}
	lines, err := load.Mixed(b.size.traffic, healthEvery)
	if err != nil {
		return s, err
	}
	n := b.size.streamLines
	stream, wanted := lines.Stream(n, lastLine), append(lines.Sent(n), lastLine)
	kinds, missing := b.receivers(s.Title)
	s.Rows = missing
	speeds, spent := make([]report.Series, len(kinds)), make([]report.Series, len(kinds))
	for range b.size.pairs {
		for i, kind := range kinds {
			took, cpu, err := b.stream(ctx, kind, stream, wanted)
			if err != nil {
				return s, err
			}
			b.say("tcp %s: %v, %v of the processor", kind.Name, took, cpu)
			speeds[i] = append(speeds[i], float64(n)/took.Seconds())
			spent[i] = append(spent[i], cpu.Seconds()/float64(n))
		}
	}
	s.Rows = append(s.Rows, streamRows(kinds, speeds, spent)...)
	return s, nil
}

func streamRows(kinds []peer.Kind, speeds, spent []report.Series) []report.Row {
	var rows []report.Row
	for i, kind := range kinds[1:] {
		i++
		rows = append(rows, report.Row{
			What: "TCP, lines taken in", Unit: report.PerSecond, Ours: speeds[0], Peer: kind.Name, Theirs: speeds[i],
			Goal: report.Goal{Kind: report.RatioAtLeast, Bound: 3},
		}, report.Row{
			What: "TCP, processor time a line", Unit: report.Seconds, Ours: spent[0], Peer: kind.Name, Theirs: spent[i],
		})
	}
	return rows
}
