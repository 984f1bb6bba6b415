package interop_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
)

// A forwarder sends log lines over TCP, octet-counted, as a ring or rsyslog does.
// It knows from the receiver's journal what has arrived for good, and sends the
// rest again after a crash.
type forwarder struct {
	lines   []logged
	arrived int // this many of lines need not be sent again
	again   int // lines sent more than once
	sent    int // this many of lines were sent at least once
	conn    net.Conn
}

// logged is one line as it was first logged.
type logged struct {
	at    time.Time // its header's time, in microseconds: no two are the same
	text  string
	frame []byte
}

// log takes a line with HAProxy 2.6's RFC 5424 header; facility is local0.
func (f *forwarder) log(severity int, text string) {
	const local0 = 16
	at := time.Now().UTC().Truncate(time.Microsecond)
	if n := len(f.lines); n > 0 && !at.After(f.lines[n-1].at) {
		at = f.lines[n-1].at.Add(time.Microsecond)
	}
	line := fmt.Sprintf("<%d>1 %s lb1 haproxy 4242 - - %s", local0*8+severity, at.Format("2006-01-02T15:04:05.000000-07:00"), text)
	f.lines = append(f.lines, logged{at, text, fmt.Appendf(nil, "%d %s", len(line), line)})
}

// connect opens a new connection, on which send starts with what has not arrived.
func (f *forwarder) connect(t *testing.T, to netip.AddrPort) {
	t.Helper()
	conn, err := net.Dial("tcp", to.String())
	if err != nil {
		t.Fatalf("forwarder: %v", err)
	}
	f.conn = conn
}

// send writes all lines that have not arrived, but for the last octets of the
// last one when cut says so. The receiver may be dead by now, or dying.
func (f *forwarder) send(cut bool) {
	var stream []byte
	for _, l := range f.lines[f.arrived:] {
		stream = append(stream, l.frame...)
	}
	if cut {
		stream = stream[:len(stream)-len(f.lines[len(f.lines)-1].frame)/2]
	}
	f.again += max(0, f.sent-f.arrived)
	f.sent = len(f.lines)
	_, _ = f.conn.Write(stream)
}

// more writes the lines that were logged since.
func (f *forwarder) more() {
	for _, l := range f.lines[f.sent:] {
		_, _ = f.conn.Write(l.frame)
	}
	f.sent = len(f.lines)
}

// settle closes the connection to a receiver that is gone and learns from its
// journal what arrived. It fails the test unless the journal has the health lines
// in order, each once, without a gap.
func (f *forwarder) settle(t *testing.T, dir string) {
	t.Helper()
	_ = f.conn.Close()
	f.arrived = f.durable(t, dir)
}

// durable returns how many of the lines need not be sent again.
func (f *forwarder) durable(t *testing.T, dir string) int {
	t.Helper()
	next := 0
	for fact, err := range journal.Read(dir) {
		if _, damaged := errors.AsType[journal.Damage](err); damaged {
			continue // a torn end: kill -9 leaves some; what it hides is missed below
		}
		if err != nil {
			t.Fatalf("journal after a kill: %v", err)
		}
		if fact.Kind != alert.Observed {
			continue
		}
		for next < len(f.lines) && !isHealth(f.lines[next].text) {
			next++
		}
		if next == len(f.lines) || fact.Text != f.lines[next].text || !fact.At.Equal(f.lines[next].at) {
			t.Fatalf("journal has out of turn, where line %d was expected: %v %s", next, fact.At, fact.Text)
		}
		next++
	}
	return next
}

// allDurable reports whether every health line is in the journal.
func (f *forwarder) allDurable(t *testing.T, dir string) bool {
	t.Helper()
	for _, l := range f.lines[f.durable(t, dir):] {
		if isHealth(l.text) {
			return false
		}
	}
	return true
}

// isHealth tells the storm's health lines from its traffic.
func isHealth(text string) bool {
	return strings.HasPrefix(text, "Server ") || strings.HasPrefix(text, "Health ") || strings.HasPrefix(text, "backend ")
}
