package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// calmRate is a rate at which nobody loses anything: there processor time is compared.
const calmRate = 100_000

// The traffic sent: so many bytes, again and again, with one health line in healthEvery.
const (
	trafficBytes = 48 << 20
	healthEvery  = 1000
)

// nearly is the share of a rate that the sender has to reach.
const nearly = 0.95

// shot is what came of datagrams sent to one receiver.
type shot struct {
	rate         float64 // datagrams a second, as they were sent
	wanted, lost int     // health lines that its rules keep, and those of them it has not
	dropped      int64   // datagrams that found the kernel's buffer full
	cpu          time.Duration
	datagrams    int
}

func (s shot) perMessage() float64 { return s.cpu.Seconds() / float64(s.datagrams) }

// shoot sends n datagrams to a receiver that was started for them.
func (b *bench) shoot(ctx context.Context, kind peer.Kind, lines load.Lines, rate, n int) (shot, error) {
	dir, err := b.folder("udp")
	if err != nil {
		return shot{}, err
	}
	r, err := kind.Start(ctx, dir, "udp", none)
	if err != nil {
		return shot{}, err
	}
	defer r.Kill()
	s := shot{datagrams: n}
	before, err := r.CPU()
	if err != nil {
		return shot{}, err
	}
	took, err := load.Sender{Lines: lines, To: r.Addr, Rate: rate}.Send(n)
	if err != nil {
		return shot{}, err
	}
	if err := r.Quiet(ctx); err != nil {
		return shot{}, err
	}
	after, err := r.CPU()
	if err != nil {
		return shot{}, err
	}
	sockets, err := r.Sockets()
	if err != nil {
		return shot{}, err
	}
	s.rate, s.cpu, s.dropped = float64(n)/took.Seconds(), after-before, sockets.Dropped
	return s, s.judge(kind, r, lines.Sent(n))
}

// judge stops the receiver and compares what it kept with what was sent.
func (s *shot) judge(kind peer.Kind, r *peer.Receiver, sent []string) error {
	if err := r.Stop(); err != nil {
		return err
	}
	kept, err := r.Kept()
	if err != nil {
		return err
	}
	wanted := slices.DeleteFunc(slices.Clone(sent), func(text string) bool { return !kind.Rule(text) })
	s.wanted, s.lost = len(wanted), load.Lost(wanted, kept)
	if kind.Ours && s.lost == 0 && !slices.Equal(kept, wanted) {
		return fmt.Errorf("%s kept %d health lines, but not the %d sent in their order", kind.Name, len(kept), len(wanted))
	}
	return nil
}

// udp compares receivers of datagrams.
func (b *bench) udp(ctx context.Context) (report.Section, error) {
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
	lines, err := load.Mixed(b.size.traffic, healthEvery)
	if err != nil {
		return s, err
	}
	kinds, missing := b.present(s.Title, peer.Rsyslog(1), peer.Rsyslog(2), peer.SyslogNG())
	s.Rows = missing
	if err := b.cpuRows(ctx, &s, kinds, lines); err != nil {
		return s, err
	}
	if err := b.ladder(ctx, &s, kinds, lines); err != nil {
		return s, err
	}
	err = b.fullSpeed(ctx, &s, kinds, lines)
	return s, err
}

// cpuRows compare processor time at a rate at which nobody loses.
func (b *bench) cpuRows(ctx context.Context, s *report.Section, kinds []peer.Kind, lines load.Lines) error {
	spent := make([]report.Series, len(kinds))
	for range b.size.pairs {
		for i, kind := range kinds {
			shot, err := b.shoot(ctx, kind, lines, calmRate, int(calmRate*b.size.seconds))
			if err != nil {
				return err
			}
			b.say("udp %s: %.0f/s, %d of %d lost, %.2f µs a message", kind.Name, shot.rate, shot.lost, shot.wanted, shot.perMessage()*1e6)
			spent[i] = append(spent[i], shot.perMessage())
		}
	}
	goals := map[string]report.Goal{"rsyslog": {Kind: report.RatioAtMost, Bound: 0.7}}
	for i, kind := range kinds[1:] {
		s.Rows = append(s.Rows, report.Row{
			What: "UDP, processor time a message", Unit: report.Seconds, Ours: spent[0],
			Peer: kind.Name, Theirs: spent[i+1], Goal: goals[kind.Name],
		})
	}
	return nil
}

// ladder finds the highest rate at which nothing is lost.
func (b *bench) ladder(ctx context.Context, s *report.Section, kinds []peer.Kind, lines load.Lines) error {
	detail := report.Detail{Title: "Health lines lost at each rate", Cells: [][]string{{"sent"}}}
	highest := make([]float64, len(kinds))
	lossless := make([]bool, len(kinds))
	for i, kind := range kinds {
		detail.Cells[0] = append(detail.Cells[0], kind.Name)
		lossless[i] = true
	}
	for _, rate := range b.size.rates {
		cells := []string{report.PerSecond.Format(float64(rate))}
		for i, kind := range kinds {
			shot, err := b.shoot(ctx, kind, lines, rate, int(float64(rate)*b.size.seconds))
			if err != nil {
				return err
			}
			b.say("udp %s: %.0f/s, %d of %d lost", kind.Name, shot.rate, shot.lost, shot.wanted)
			lossless[i] = lossless[i] && shot.dropped == 0 && shot.lost == 0
			cell := fmt.Sprintf("%d of %d", shot.lost, shot.wanted)
			if reached := shot.rate > nearly*float64(rate); !reached {
				cell += " at " + report.PerSecond.Format(shot.rate)
			} else if lossless[i] {
				highest[i] = float64(rate)
			}
			cells = append(cells, cell)
		}
		detail.Cells = append(detail.Cells, cells)
	}
	s.Detail = append(s.Detail, detail)
	for i, kind := range kinds[1:] {
		s.Rows = append(s.Rows, report.Row{
			What: "UDP, highest rate without a loss", Unit: report.PerSecond, Ours: report.Series{highest[0]},
			Peer: kind.Name, Theirs: report.Series{highest[i+1]}, Goal: report.Goal{Kind: report.RatioAtLeast, Bound: 1},
		})
	}
	return nil
}

// fullSpeed sends as fast as the kernel takes it.
func (b *bench) fullSpeed(ctx context.Context, s *report.Section, kinds []peer.Kind, lines load.Lines) error {
	detail := report.Detail{Title: "As fast as the sender goes, run by run", Cells: [][]string{{"run"}}}
	lost := make([]report.Series, len(kinds))
	var speed report.Series
	for _, kind := range kinds {
		detail.Cells[0] = append(detail.Cells[0], kind.Name+": sent", "health lines lost", "datagrams dropped")
	}
	for run := range b.size.fullRuns {
		cells := []string{fmt.Sprint(run + 1)}
		for i, kind := range kinds {
			shot, err := b.shoot(ctx, kind, lines, 0, b.size.fullDatagrams)
			if err != nil {
				return err
			}
			b.say("udp %s: %.0f/s, %d of %d lost, %d datagrams dropped", kind.Name, shot.rate, shot.lost, shot.wanted, shot.dropped)
			lost[i] = append(lost[i], float64(shot.lost))
			speed = append(speed, shot.rate)
			cells = append(cells, report.PerSecond.Format(shot.rate), fmt.Sprintf("%d of %d", shot.lost, shot.wanted),
				report.Lines.Format(float64(shot.dropped)))
		}
		detail.Cells = append(detail.Cells, cells)
	}
	s.Detail = append(s.Detail, detail)
	s.Limit = fmt.Sprintf(`At full speed the sender put out %s to %s. Its time for a datagram, %s in the median, holds the kernel's whole work
up to the receiver's buffer: loopback delivers within the sender's system call. The receiver copies it out and looks at it on the
other core, if nobody else wants that one. What is lost is lost in the kernel, when the buffer is full: when the receiver needs
longer for a datagram than the sender, or is not on a core for longer than the buffer lasts, some tens of milliseconds.`,
		report.PerSecond.Format(speed.Quantile(0)), report.PerSecond.Format(speed.Quantile(1)), report.Seconds.Format(1/speed.Median()))
	for i, kind := range kinds[1:] {
		s.Rows = append(s.Rows, report.Row{
			What: "UDP at full speed, health lines lost", Unit: report.Lines, Ours: lost[0],
			Peer: kind.Name, Theirs: lost[i+1], Goal: report.Goal{Kind: report.EachAtMost, Bound: 0},
		})
	}
	return nil
}
