package part

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
)

// shot is what came of datagrams sent to one receiver.
type shot struct {
	datagrams int
	rate      float64 // datagrams a second, as they were sent
	took      peer.Usage
	tally
}

// tally counts health lines: those that the receiver's rules keep, and how many of them
// it has not.
type tally struct{ wanted, lost int }

func (s shot) perMessage() float64 { return s.took.CPU.Seconds() / float64(s.datagrams) }

func (s shot) String() string {
	return fmt.Sprintf("%.0f/s, %d of %d lost, %d datagrams dropped, %.2f µs a message",
		s.rate, s.lost, s.wanted, s.took.Dropped, s.perMessage()*1e6)
}

// shoot sends n datagrams to a receiver that is started for them; at rate 0 as fast as
// the kernel takes them.
func (b *Bench) shoot(ctx context.Context, kind peer.Kind, lines load.Lines, rate, n int) (shot, error) {
	r, err := b.start(ctx, kind, "udp", none)
	if err != nil {
		return shot{}, err
	}
	defer r.Kill()
	before, err := r.Usage()
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
	after, err := r.Usage()
	if err != nil {
		return shot{}, err
	}
	s := shot{datagrams: n, rate: perSecond(n, took), took: after.Since(before)}
	s.tally, err = judge(kind, r, lines.Sent(n))
	if err == nil {
		b.say("udp %s: %v", kind.Name, s)
	}
	return s, err
}

// judge stops the receiver and compares what it kept with what was sent.
func judge(kind peer.Kind, r *peer.Receiver, sent []string) (tally, error) {
	if err := r.Stop(); err != nil {
		return tally{}, err
	}
	kept, err := r.Kept()
	if err != nil {
		return tally{}, err
	}
	wanted := slices.DeleteFunc(slices.Clone(sent), func(text string) bool { return !kind.Rule(text) })
	t := tally{wanted: len(wanted), lost: load.Lost(wanted, kept)}
	if kind.Ours && t.lost == 0 && !slices.Equal(kept, wanted) {
		return t, fmt.Errorf("%s kept %d health lines, but not the %d sent in their order", kind.Name, len(kept), len(wanted))
	}
	return t, nil
}

func perSecond(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }
