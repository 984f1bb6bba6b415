package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// farm is the servers that HAProxy checks; the first one fails when it is told so.
type farm struct {
	sick            atomic.Bool
	checked, steady netip.AddrPort
	servers         []*http.Server
}

func openFarm() (*farm, error) {
	f := &farm{}
	for _, s := range []struct {
		addr   *netip.AddrPort
		answer http.HandlerFunc
	}{
		{&f.checked, func(w http.ResponseWriter, _ *http.Request) {
			if f.sick.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}},
		{&f.steady, func(http.ResponseWriter, *http.Request) {}},
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			f.close()
			return nil, err
		}
		*s.addr = ln.Addr().(*net.TCPAddr).AddrPort()
		server := &http.Server{Handler: s.answer, ReadHeaderTimeout: mailWithin}
		f.servers = append(f.servers, server)
		go func() { _ = server.Serve(ln) }() // ends with Close
	}
	return f, nil
}

func (f *farm) close() {
	for _, s := range f.servers {
		_ = s.Close()
	}
}

// mailers measures HAProxy's own: from its log line to its mail.
func (b *bench) mailers(ctx context.Context) (*alerter, error) {
	f, err := openFarm()
	if err != nil {
		return nil, err
	}
	defer f.close()
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
		Dir: dir, Log: logs.LocalAddr().(*net.UDPAddr).AddrPort(), Relay: sink.Addr, Checked: f.checked, Steady: f.steady,
	}.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer lb.Kill()
	time.Sleep(time.Second) // all checks have passed, which is not logged
	a := &alerter{name: "HAProxy's mailers"}
	for range b.size.rounds {
		took, err := f.fail(ctx, b.size.mails, logs, sink)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		a.add(took)
		b.say("latency %s: p50 %.2f ms, p99 %.2f ms", a.name, took.Median()*1e3, took.Quantile(0.99)*1e3)
	}
	return a, nil
}

// fail has the server fail and recover, n times in all.
func (f *farm) fail(ctx context.Context, n int, logs *net.UDPConn, sink *load.Sink) (report.Series, error) {
	var took report.Series
	for range n {
		state := "DOWN"
		if f.sick.Load() {
			state = "UP"
		}
		f.sick.Store(!f.sick.Load())
		words := "be_app/s1 is " + state
		logged, err := awaitLine(logs, words)
		if err != nil {
			return nil, err
		}
		mailed, err := awaitMail(ctx, sink, words)
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
