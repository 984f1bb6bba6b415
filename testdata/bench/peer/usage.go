package peer

import (
	"context"
	"fmt"
	"time"

	"haproxy-alert/testdata/program"
)

// Usage is what a receiver has taken so far, and lost.
type Usage struct {
	CPU     time.Duration // user and system
	Memory  int64         // RSS now, in bytes
	Dropped int64         // datagrams that found the kernel's buffer full
}

// Usage is that of now.
func (r *Receiver) Usage() (Usage, error) {
	cpu, err := r.CPU()
	if err != nil {
		return Usage{}, err
	}
	memory, _, err := r.Memory()
	if err != nil {
		return Usage{}, err
	}
	sockets, err := r.sockets()
	return Usage{CPU: cpu, Memory: memory, Dropped: sockets.Dropped}, err
}

// Since is what was taken and lost since before; Memory stays that of now.
func (u Usage) Since(before Usage) Usage {
	return Usage{CPU: u.CPU - before.CPU, Memory: u.Memory, Dropped: u.Dropped - before.Dropped}
}

// sockets is what the kernel says of the UDP sockets it reads.
func (r *Receiver) sockets() (program.Sockets, error) { return program.SocketsOf(r.Addr.Port()) }

// How a receiver is known to have done all it will do: its sockets are empty and it has
// taken next to no processor time, this often in a row.
const (
	idleEvery = 50 * time.Millisecond
	idleTimes = 6
	idleShare = 0.03
	idleLimit = 60 * time.Second
)

// Quiet returns when the receiver has worked off what it was sent.
func (r *Receiver) Quiet(ctx context.Context) error {
	last, err := r.CPU()
	for quiet, began := 0, time.Now(); err == nil && quiet < idleTimes; {
		if time.Since(began) > idleLimit {
			return fmt.Errorf("%s: still busy after %v", r.Name, idleLimit)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleEvery):
		}
		if err := r.Alive(); err != nil {
			return err
		}
		var now time.Duration
		var s program.Sockets
		now, err = r.CPU()
		if err == nil {
			s, err = r.sockets()
		}
		quiet++
		if s.Waiting > 0 || float64(now-last) > idleShare*float64(idleEvery) {
			quiet = 0
		}
		last = now
	}
	return err
}
