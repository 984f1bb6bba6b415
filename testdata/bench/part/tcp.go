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

// TCP compares receivers of an octet-counted stream.
type TCP struct {
	Traffic int64 // bytes of lines to send, again and again
	Pairs   int   // runs of each, in turns
	Lines   int   // of a stream
}

// Measure compares how fast the lines are taken in, and what that costs.
func (t TCP) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "TCP",
		How: fmt.Sprintf(`%s of the same lines go over one connection, octet-counted, as HAProxy's rings and rsyslog send them; the last one
is a health line. The time ends when that line stands in the receiver's file (ours: the journal, whose fdatasync follows within
a millisecond or so). No health line may be missing.`, report.Lines.Format(float64(t.Lines))),
		Limit: `A stream is limited by the copy through the loopback, which sender and receiver share two cores for, and by what the
receiver does for each line: rsyslog and syslog-ng make an object of each, with all its fields, before their rules see it.`,
	}
	lines, err := load.Mixed(t.Traffic, healthEvery)
	if err != nil {
		return s, err
	}
	stream, wanted := lines.Stream(t.Lines, load.End), append(lines.Sent(t.Lines), load.End)
	kinds, missing := b.receivers(s.Title)
	speed, spent := turns(kinds), turns(kinds)
	for range t.Pairs {
		for i, kind := range kinds {
			took, cpu, err := b.stream(ctx, kind, stream, wanted)
			if err != nil {
				return s, err
			}
			speed.Add(i, perSecond(t.Lines, took))
			spent.Add(i, cpu.Seconds()/float64(t.Lines))
		}
	}
	s.Rows = missing
	costs := spent.Rows("TCP, processor time a line", report.Seconds, report.Goal{})
	for i, row := range speed.Rows("TCP, lines taken in", report.PerSecond, report.Goal{Kind: report.RatioAtLeast, Bound: 3}) {
		s.Rows = append(s.Rows, row, costs[i])
	}
	return s, nil
}

// streamWithin is how long a receiver may take for a stream.
const streamWithin = 2 * time.Minute

// stream sends a stream on one connection. It returns how long it took until the last
// health line stood in a file, and the receiver's processor time.
func (b *Bench) stream(ctx context.Context, kind peer.Kind, stream []byte, wanted []string) (took, cpu time.Duration, err error) {
	r, err := b.start(ctx, kind, "tcp", none)
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
	if err := r.AwaitWritten(ctx, load.Ending, streamWithin); err != nil {
		return 0, 0, err
	}
	took = time.Since(began)
	after, err := r.CPU()
	if err != nil {
		return 0, 0, err
	}
	kept, err := judge(kind, r, wanted)
	if err == nil && kept.lost > 0 {
		err = fmt.Errorf("%s: %d of %d health lines of a stream are missing", kind.Name, kept.lost, kept.wanted)
	}
	b.say("tcp %s: %v, %v of the processor", kind.Name, took, after-before)
	return took, after - before, err
}
