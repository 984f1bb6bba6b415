//go:build !linux

package receive

import "fmt"

// enlarge asks for the ReadBuffer; what was given cannot be told here.
func (r *Receiver) enlarge(s *socket) error {
	if err := s.conn.SetReadBuffer(r.config.ReadBuffer); err != nil {
		return fmt.Errorf("set receive buffer: %w", err)
	}
	return nil
}

// drops is not known on this system.
func (s *socket) drops() uint64 { return 0 }
