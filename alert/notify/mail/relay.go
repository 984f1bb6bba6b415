package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"haproxy-alert/alert/notify"
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
		return nil, fmt.Errorf("connect: %w", notify.Bare(err))
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
	if err := files.Apply(c); err != nil {
		return nil, err
	}
	if m.ServerName != "" {
		c.ServerName = m.ServerName
	}
	c.InsecureSkipVerify = !m.TLS.verified() // opportunistic, see TLSOpportunistic
	return c, nil
}

// maxAnswers is how many octets a relay may send in one dialogue, certificates
// included; one that sends more is cut off and tried again later. A dialogue
// with fifty recipients takes some ten thousand.
const maxAnswers = 1 << 20

var errTalkative = errors.New("relay sent more than 1 MiB")

// boundConn bounds a dialogue below TLS. There is no moment without a deadline:
// go-smtp sets one for each command and clears it after the answer, and here a
// cleared or distant deadline becomes one timeout from now. So the body, for
// which go-smtp sets none, has one timeout too, and a peer that trickles gains
// nothing. The first error stays: go-smtp, which says "*" after an AUTH that
// timed out, does not wait twice.
type boundConn struct {
	net.Conn
	timeout time.Duration
	left    int // octets the peer may still send

	mu  sync.Mutex
	err error // the first that happened
}

func newBoundConn(conn net.Conn, timeout time.Duration) (*boundConn, error) {
	c := &boundConn{Conn: conn, timeout: timeout, left: maxAnswers}
	return c, c.SetDeadline(time.Time{})
}

// SetDeadline sets the deadline of the step that begins, at most one timeout away.
func (c *boundConn) SetDeadline(t time.Time) error {
	if limit := time.Now().Add(c.timeout); t.IsZero() || t.After(limit) {
		t = limit
	}
	return c.Conn.SetDeadline(t)
}

func (c *boundConn) Read(p []byte) (int, error) {
	if err := c.first(nil); err != nil {
		return 0, err
	}
	if c.left == 0 {
		return 0, c.first(errTalkative)
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, c.first(err)
}

func (c *boundConn) Write(p []byte) (int, error) {
	if err := c.first(nil); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	return n, c.first(err)
}

// abort ends every step, now and later, with cause. Any goroutine may call it.
func (c *boundConn) abort(cause error) {
	_ = c.first(cause)
	_ = c.Close()
}

// first keeps the first error and returns it.
func (c *boundConn) first(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
	return c.err
}

// TLSMode says how the way to a relay is encrypted. The zero TLSMode is
// TLSRequired.
type TLSMode uint8

// The modes.
const (
	// TLSRequired wants STARTTLS (RFC 3207) and a certificate that verifies;
	// without them nothing is sent.
	TLSRequired TLSMode = iota
	// TLSImplicit speaks TLS from the first octet (RFC 8314, port 465); the
	// certificate must verify.
	TLSImplicit
	// TLSOpportunistic uses STARTTLS when the relay offers it and does not verify
	// the certificate: against an eavesdropper it is better than nothing, against
	// an impostor it is nothing (RFC 7435). No password is ever sent in this mode.
	TLSOpportunistic
	// TLSNone sends in clear: for a relay on the same machine or wire. No
	// password is ever sent in this mode.
	TLSNone
)

var modeNames = [...]string{
	TLSRequired: "required", TLSImplicit: "implicit", TLSOpportunistic: "opportunistic", TLSNone: "none",
}

// String returns the mode's name in the config, such as "required".
func (m TLSMode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("TLSMode(%d)", uint8(m))
}

// MarshalText writes the mode's name.
func (m TLSMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a mode's name; any other text is an error.
func (m *TLSMode) UnmarshalText(text []byte) error {
	for i, name := range modeNames {
		if name == string(text) {
			*m = TLSMode(i)
			return nil
		}
	}
	return fmt.Errorf("read tls mode: want one of %s, not %q", strings.Join(modeNames[:], ", "), text)
}

// verified reports whether the relay proves who it is in this mode.
func (m TLSMode) verified() bool { return m == TLSRequired || m == TLSImplicit }
