package part

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// mailers measures HAProxy's own: from its log line to its mail.
func (p Latency) mailers(ctx context.Context, b *Bench) (*mailed, error) {
	f, err := peer.OpenFarm()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sink, err := load.OpenSink()
	if err != nil {
		return nil, err
	}
	defer sink.Close()
	logs, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		return nil, err
	}
	defer logs.Close()
	dir, err := b.folder("haproxy")
	if err != nil {
		return nil, err
	}
	lb, err := peer.Balancer{
		Dir: dir, Log: logs.LocalAddr().(*net.UDPAddr).AddrPort(), Relay: sink.Addr, Checked: f.Checked, Steady: f.Steady,
	}.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer lb.Kill()
	time.Sleep(time.Second) // all checks have passed, which is not logged
	m := &mailed{name: "HAProxy's mailers"}
	for range p.Rounds {
		took, err := fail(ctx, f, p.Mails, logs, sink)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		m.add(b, took)
	}
	return m, nil
}

// fail has the first server fail and recover, n times in all, and returns how long each
// mail took after its line.
func fail(ctx context.Context, f *peer.Farm, n int, logs *net.UDPConn, sink *load.Sink) (report.Series, error) {
	var took report.Series
	for range n {
		state := "DOWN"
		if f.Sick.Load() {
			state = "UP"
		}
		f.Sick.Store(!f.Sick.Load())
		words := "be_app/s1 is " + state
		logged, err := awaitLine(logs, words)
		if err != nil {
			return nil, err
		}
		mailed, err := sink.Await(ctx, mailWithin, words)
		if err != nil {
			return nil, err
		}
		took = append(took, mailed.Sub(logged).Seconds())
		time.Sleep(mailPause)
	}
	return took, nil
}

// awaitLine returns when a log line with the words came.
func awaitLine(logs *net.UDPConn, words string) (time.Time, error) {
	if err := logs.SetReadDeadline(time.Now().Add(mailWithin)); err != nil {
		return time.Time{}, err
	}
	line := make([]byte, 64<<10)
	for {
		n, err := logs.Read(line)
		if err != nil {
			return time.Time{}, fmt.Errorf("wait for the log line %q: %w", words, err)
		}
		if strings.Contains(string(line[:n]), words) {
			return time.Now(), nil
		}
	}
}
