package part

import (
	"context"
	"fmt"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// UDP compares receivers of datagrams.
type UDP struct {
	Traffic   int64 // bytes of lines to send, again and again
	Pairs     int   // runs of each, in turns
	Seconds   float64
	Rates     []int // datagrams a second
	FullRuns  int   // as fast as the sender goes
	Datagrams int   // of each of these
}

// calmRate is a rate at which nobody loses anything: there processor time is compared.
const calmRate = 100_000

// Measure compares processor time, the highest rate without a loss, and full speed.
func (u UDP) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "UDP",
		How: `One process sends HAProxy's lines from one socket with sendmmsg(2), one health line among 1,000 (bursts in the
order HAProxy wrote them; one line of traffic in fifty holds a whole health line that a client wrote). Each receiver is
started anew for each run. haproxy-alert runs on its defaults; rsyslog (imudp) and syslog-ng are told to have a buffer of
8 MiB too and do nothing but write the health lines to a file, told apart by how their text begins. rsyslog runs without a queue and
with large batches, the settings that took the least processor time here; once with one thread that reads, which is the most
thrifty, and once with two, which lose less. When a receiver has come to rest its health lines are compared with those sent, text by text; ours, from its
journal, also in their order. Processor time is that of the receiver, user and system, at ` + fmt.Sprint(calmRate) + ` datagrams a second.`,
	}
	lines, err := load.Mixed(u.Traffic, healthEvery)
	if err != nil {
		return s, err
	}
	kinds, missing := b.present(s.Title, peer.Rsyslog(1), peer.Rsyslog(2), peer.SyslogNG())
	s.Rows = missing
	r := gallery{b, kinds, lines}
	if err := u.calm(ctx, r, &s); err != nil {
		return s, err
	}
	if err := u.ladder(ctx, r, &s); err != nil {
		return s, err
	}
	return s, u.fullSpeed(ctx, r, &s)
}

// gallery is who is shot at, and with what.
type gallery struct {
	*Bench
	kinds []peer.Kind
	lines load.Lines
}

// volley shoots at one after the other. For each, then is told what came of it.
func (g gallery) volley(ctx context.Context, rate, n int, then func(i int, s shot)) error {
	for i, kind := range g.kinds {
		s, err := g.shoot(ctx, kind, g.lines, rate, n)
		if err != nil {
			return err
		}
		then(i, s)
	}
	return nil
}

// calm compares processor time at a rate at which nobody loses.
func (u UDP) calm(ctx context.Context, g gallery, s *report.Section) error {
	spent := turns(g.kinds)
	for range u.Pairs {
		n := int(calmRate * u.Seconds)
		if err := g.volley(ctx, calmRate, n, func(i int, shot shot) { spent.Add(i, shot.perMessage()) }); err != nil {
			return err
		}
	}
	rows := spent.Rows("UDP, processor time a message", report.Seconds, report.Goal{})
	for i := range rows {
		if rows[i].Peer == "rsyslog" {
			rows[i].Goal = report.Goal{Kind: report.RatioAtMost, Bound: 0.7}
		}
	}
	s.Rows = append(s.Rows, rows...)
	return nil
}
