package peer

import (
	"context"
	"net"
	"net/netip"
	"time"

	"haproxy-alert/testdata/program"
)

// A Receiver is a running program that takes log lines and keeps the health lines.
type Receiver struct {
	*program.Process
	Addr netip.AddrPort
	// Dir holds all its files.
	Dir string
	// Ready is how long haproxy-alert took to say so.
	Ready time.Duration

	kept string                   // glob of the files in which health lines come to stand
	read func() ([]string, error) // the texts of those lines, in their order there
}

// A Kind is a program that may receive.
type Kind struct {
	Name string
	// Rule reports whether its rules keep a health line: those of other programs than
	// ours know the usual beginnings.
	Rule func(text string) bool
	// Ours is set for haproxy-alert alone.
	Ours  bool
	find  func() error
	start func(context.Context, setting) (*Receiver, error)
}

// setting is what a receiver's configuration is made of.
type setting struct {
	Dir       string
	Addr      netip.AddrPort
	Transport string         // udp or tcp
	Relay     netip.AddrPort // where notices go; none: nowhere
	Begins    []string
	Threads   int    // that read datagrams
	ours      string // path of haproxy-alert
}

// Missing is the error of a program that is not there, a Missing.
func (k Kind) Missing() error { return k.find() }

// startWithin is how long a program may take to be ready.
const startWithin = 60 * time.Second

// Start starts the receiver in an empty folder and returns when it is ready.
func (k Kind) Start(ctx context.Context, dir, transport string, relay netip.AddrPort) (*Receiver, error) {
	addr, release, err := program.FreePort()
	if err != nil {
		return nil, err
	}
	defer release()
	r, err := k.start(ctx, setting{Dir: dir, Addr: addr, Transport: transport, Relay: relay, Begins: beginnings})
	if err != nil {
		return nil, err
	}
	r.Addr, r.Dir = addr, dir
	err = r.Await(ctx, startWithin, "ready", func() bool { return r.listens(transport) })
	if err == nil && transport == "udp" {
		err = r.evenBuffers()
	}
	if err != nil {
		r.Kill()
		return nil, err
	}
	return r, nil
}

func (r *Receiver) listens(transport string) bool {
	if transport == "udp" {
		s, err := r.sockets()
		return err == nil && s.Bound > 0
	}
	conn, err := net.Dial("tcp", r.Addr.String())
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// stopGrace is what a receiver gets between SIGTERM and SIGKILL.
const stopGrace = time.Minute

// Stop asks the receiver to end and returns when it has.
func (r *Receiver) Stop() error { return r.Process.Stop(stopGrace) }

// Kept returns the texts of the health lines it kept. It must have been stopped.
func (r *Receiver) Kept() ([]string, error) { return r.read() }
