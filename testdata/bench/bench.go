package main

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// bench is what all parts of the benchmark share.
type bench struct {
	binary string // haproxy-alert
	dir    string // for all files; removed at the end
	size   size
	alone  bool      // without other programs
	log    io.Writer // what it is at
}

// size says how much is measured.
type size struct {
	logBytes      int64 // of the log that is replayed
	pairs         int   // runs of each, in turns
	slowPairs     int   // the same of what takes long
	traffic       int64 // bytes of lines to send, again and again
	seconds       float64
	rates         []int // datagrams a second
	fullRuns      int
	fullDatagrams int
	streamLines   int
	rounds        int // of mails
	mails         int // a round
	bursts        []int
	appends       int           // of each burst
	known, down   int           // servers
	farmEvery     time.Duration // between two backends of them
	facts         int           // in the journal at a start
	steady        time.Duration // of the steady load
}

// full is the size of `make bench`.
func full() size {
	return size{
		logBytes: 1_000_000_000, pairs: 5, slowPairs: 3,
		traffic: trafficBytes, seconds: 3, rates: []int{100_000, 150_000, 200_000, 250_000, 300_000, 400_000},
		fullRuns: 10, fullDatagrams: 1_000_000, streamLines: 1_000_000, rounds: 3, mails: 100,
		bursts: []int{1, 10, 100, 1000}, appends: 100, known: 10_000, down: 1000, farmEvery: 50 * time.Millisecond, facts: 1_000_000, steady: time.Minute,
	}
}

// none is no address.
var none netip.AddrPort

// receivers are who takes lines, ours first, and a row for each that is missing.
func (b *bench) receivers(what string) (kinds []peer.Kind, missing []report.Row) {
	return b.present(what, peer.Rsyslog(1), peer.SyslogNG())
}

// present are ours and those of the others that are there.
func (b *bench) present(what string, others ...peer.Kind) (kinds []peer.Kind, missing []report.Row) {
	kinds = []peer.Kind{peer.Ours(b.binary)}
	if b.alone {
		return kinds, nil
	}
	for _, kind := range others {
		if err := kind.Missing(); err != nil {
			missing = append(missing, report.Row{What: what, Peer: kind.Name, Missing: err.Error()})
			continue
		}
		kinds = append(kinds, kind)
	}
	return kinds, missing
}

// folder makes an empty folder for one run.
func (b *bench) folder(name string) (string, error) { return os.MkdirTemp(b.dir, name+"-") }

// say tells what was just done.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.log, format+"\n", args...) }
