package part

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"

	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// A Bench is what all parts share.
type Bench struct {
	Binary string    // path of haproxy-alert
	Dir    string    // for all files; whoever made it removes it
	Alone  bool      // without other programs
	Log    io.Writer // what it is at
}

// A Part measures one subject. Its section has what was measured even when it fails.
type Part interface {
	Measure(context.Context, *Bench) (report.Section, error)
}

// healthEvery is how many lines of traffic hold one health line.
const healthEvery = 1000

// none is no relay.
var none netip.AddrPort

// receivers are who takes lines, ours first, and a row for each that is missing.
func (b *Bench) receivers(what string) (kinds []peer.Kind, missing []report.Row) {
	return b.present(what, peer.Rsyslog(1), peer.SyslogNG())
}

// present are ours and those of the others that are there.
func (b *Bench) present(what string, others ...peer.Kind) (kinds []peer.Kind, missing []report.Row) {
	kinds = []peer.Kind{b.ours()}
	if b.Alone {
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

func (b *Bench) ours() peer.Kind { return peer.Ours(b.Binary) }

// start starts a receiver in a folder of its own.
func (b *Bench) start(ctx context.Context, kind peer.Kind, transport string, relay netip.AddrPort) (*peer.Receiver, error) {
	dir, err := b.folder(transport)
	if err != nil {
		return nil, err
	}
	return kind.Start(ctx, dir, transport, relay)
}

// folder makes an empty folder for one run.
func (b *Bench) folder(name string) (string, error) { return os.MkdirTemp(b.Dir, name+"-") }

// say tells what was just done.
func (b *Bench) say(format string, args ...any) { fmt.Fprintf(b.Log, format+"\n", args...) }

// turns are the runs of kinds that take turns.
func turns(kinds []peer.Kind) report.Turns {
	t := report.Turns{Runs: make([]report.Series, len(kinds))}
	for _, kind := range kinds {
		t.Names = append(t.Names, kind.Name)
	}
	return t
}
