package notify

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strings"
)

// relay is a mail server as the config names it: "host:port", "[::1]:25" or
// "unix:/path".
type relay struct {
	network, address string
	host             string // whose certificate is wanted; empty for unix sockets
}

func parseRelay(s string) (relay, error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if !filepath.IsAbs(path) {
			return relay{}, fmt.Errorf("read relay %q: want unix:/path, from / on", s)
		}
		return relay{network: "unix", address: path}, nil
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" || port == "" {
		return relay{}, fmt.Errorf("read relay %q: want host:port or unix:/path, an IPv6 address in brackets", s)
	}
	if n, err := net.LookupPort("tcp", port); err != nil || n == 0 {
		return relay{}, fmt.Errorf("read relay %q: want a port from 1 to 65535, not %q", s, port)
	}
	return relay{network: "tcp", address: s, host: host}, nil
}

// dial connects within one timeout, names and all addresses included.
func (m *Mailer) dial(ctx context.Context, r relay) (*boundConn, error) {
	ctx, cancel := context.WithTimeout(ctx, m.timeout())
	defer cancel()
	dial := m.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, r.network, r.address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", bare(err))
	}
	bound, err := newBoundConn(conn, m.timeout())
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connect: set deadline: %w", err)
	}
	return bound, nil
}

// tlsConfig returns what the certificate of the relay is held against.
func (m *Mailer) tlsConfig(r relay) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: r.host}
	files := m.TLSFiles
	if m.RootCAs != nil {
		c.RootCAs, files.CAFile = m.RootCAs, ""
	}
	if err := files.apply(c); err != nil {
		return nil, err
	}
	if m.ServerName != "" {
		c.ServerName = m.ServerName
	}
	c.InsecureSkipVerify = !m.TLS.verified() // opportunistic, see TLSOpportunistic
	return c, nil
}
