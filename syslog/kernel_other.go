//go:build !linux

package syslog

import "fmt"

// enlarge asks for the ReadBuffer; what was given cannot be told here.
func (r *Receiver) enlarge() error {
	if err := r.packets.SetReadBuffer(r.config.ReadBuffer); err != nil {
		return fmt.Errorf("set receive buffer: %w", err)
	}
	return nil
}

// drops is not known on this system.
func (r *Receiver) drops() uint64 { return r.count.dropped.Load() }
