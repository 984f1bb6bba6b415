package notify

import (
	"errors"
	"net"
	"sync"
	"time"
)

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
