package syslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
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

// strangers are the peers whose handshakes failed. They are told sparingly: anybody can
// make one fail as often as they like.
type strangers struct {
	mu   sync.Mutex
	told time.Time
}

// turnedAway counts a handshake that failed, and says so at most once in warnEvery.
func (r *Receiver) turnedAway(c net.Conn, err error) {
	total := r.count.handshakes.Add(1)
	r.strangers.mu.Lock()
	defer r.strangers.mu.Unlock()
	if now := time.Now(); now.Sub(r.strangers.told) >= warnEvery {
		r.strangers.told = now
		r.config.Log.Warn("tls handshake failed, the connection is closed",
			"listener", r.String(), "peer", c.RemoteAddr().String(), "err", err, "total", total)
	}
}
