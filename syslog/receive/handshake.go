package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// secured makes a TLS connection of one, in its own goroutine: a peer that stays mute
// holds up nobody else, and is closed after HandshakeTimeout. When ctx ends there is
// still drainTime, since lines may follow that the peer holds for delivered.
func (r *Receiver) secured(ctx context.Context, c net.Conn) (net.Conn, error) {
	timeout := r.config.TLS.HandshakeTimeout
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now().Add(min(timeout, drainTime))) })
	s := tls.Server(c, &tls.Config{GetConfigForClient: r.keys.current, MinVersion: tls.VersionTLS12})
	err := s.HandshakeContext(context.WithoutCancel(ctx))
	stop()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, fmt.Errorf("no handshake within %v", timeout)
	}
	if err != nil {
		return nil, err
	}
	return s, c.SetDeadline(time.Time{})
}

// errSpeaksTLS is what a listener says that does not: to read the handshake as lines would
// leave the peer waiting for an answer, and people without a word about it.
var errSpeaksTLS = errors.New("the peer speaks TLS, which this listener does not: want a tls:// address")

// isHello reports whether a stream begins as TLS does: a handshake record of SSL 3 or
// later (RFC 8446 section 5.1). No log line does.
func isHello(b []byte) bool { return len(b) > 2 && b[0] == 22 && b[1] == 3 && b[2] <= 4 }

// strangers are the peers whose handshakes failed, and when that was last said of each.
// They are told sparingly, for anybody can fail; but a load balancer whose certificate
// has expired must not be hidden by one who scans ports.
type strangers struct {
	mu   sync.Mutex
	told map[netip.Addr]time.Time
}

// maxStrangers bounds those that are told within one warnEvery.
const maxStrangers = 64

// turnedAway counts a handshake that failed, and says so of each peer at most once in
// warnEvery.
func (r *Receiver) turnedAway(c net.Conn, err error) {
	total := r.count.handshakes.Add(1)
	if r.strangers.mayTell(peerOf(c), time.Now()) {
		r.config.Log.Warn("tls handshake failed, the connection is closed",
			"listener", r.String(), "peer", c.RemoteAddr().String(), "err", err, "total", total)
	}
}

// mayTell notes that a peer is told of, unless that was done lately.
func (s *strangers) mayTell(peer netip.Addr, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.told, func(_ netip.Addr, at time.Time) bool { return now.Sub(at) >= warnEvery })
	if _, known := s.told[peer]; known || len(s.told) >= maxStrangers {
		return false
	}
	if s.told == nil {
		s.told = map[netip.Addr]time.Time{}
	}
	s.told[peer] = now
	return true
}
