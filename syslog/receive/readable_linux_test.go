package receive

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"haproxy-alert/syslog/framing"
)

// A machine may stand still between a deadline and what it is for: then the deadline has
// passed before anybody has looked.
const standstill = 3 * drainGap

// stillConn stands still before its first read.
type stillConn struct {
	*net.TCPConn
	stood bool
}

func (c *stillConn) Read(b []byte) (int, error) {
	if !c.stood {
		c.stood = true
		<-time.After(standstill)
	}
	return c.TCPConn.Read(b)
}

// stillListener does so before its first Accept.
type stillListener struct {
	*net.TCPListener
	stood bool
}

func (l *stillListener) Accept() (net.Conn, error) {
	if !l.stood {
		l.stood = true
		<-time.After(standstill)
	}
	return l.TCPListener.Accept()
}

// backlogged returns a listener and a connection to it that has said a line.
func backlogged(t *testing.T) (*net.TCPListener, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	send(t, c, "<1>a\n")
	return l.(*net.TCPListener), c
}

// TestStandstill: what had reached this machine when a deadline passed is taken, though
// nobody had looked by then.
func TestStandstill(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for name, tt := range map[string]struct {
		ctx  context.Context
		idle time.Duration
	}{"amid draining": {ended, time.Hour}, "silent for long": {t.Context(), drainGap}} {
		t.Run(name, func(t *testing.T) {
			l, _ := backlogged(t)
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for !readable(c) {
				<-time.After(time.Millisecond)
			}
			r := Listener{IdleTimeout: tt.idle}.receiver()
			f := framing.New(DefaultMaxFrame, framing.NewBuffers(DefaultMaxFrame))
			defer f.Close()
			var got []string
			err = r.readStream(tt.ctx, &stillConn{TCPConn: c.(*net.TCPConn)}, f, func() {
				for data, _, ok := f.Next(); ok; data, _, ok = f.Next() {
					got = append(got, string(data))
				}
			})
			if !errors.Is(err, os.ErrDeadlineExceeded) || !slices.Equal(got, []string{"<1>a"}) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	t.Run("amid accepting", func(t *testing.T) {
		l, _ := backlogged(t)
		r, err := Listener{}.stream("tcp", &stillListener{TCPListener: l})
		if err != nil {
			t.Fatal(err)
		}
		accepted := 0
		if err := r.accept(ended, func(c net.Conn) { accepted++; c.Close() }); err != nil || accepted != 1 {
			t.Errorf("accepted %d, %v", accepted, err)
		}
	})
}
