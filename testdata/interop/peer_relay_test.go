package interop_test

import (
	"bufio"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A step is a place in an SMTP dialogue at which a relay can hold it.
type step string

// The steps of a dialogue, in its order. At the first five the client's words do
// not reach the server.
const (
	atEHLO     step = "EHLO"
	atMAIL     step = "MAIL"
	atRCPT     step = "RCPT"
	atDATA     step = "DATA"
	atDot      step = "."
	atAnswer   step = "250" // the server has the mail, the client does not know
	atAnswered step = "ok"  // the client has just been told; nothing is held
)

// smtpRelay passes SMTP dialogues on to a real server, a command and its answer
// at a time, and holds one at a step the test chooses.
type smtpRelay struct {
	addr, to netip.AddrPort

	mu   sync.Mutex
	trap *trap // nil: nothing is held

	weather atomic.Pointer[weather] // nil: no faults but the trap's
}

// trap is one order to hold a dialogue.
type trap struct {
	at       step
	skip     int           // dialogues to let pass that step before
	sprung   chan struct{} // closed when the step is reached
	released chan struct{} // closed by the test: held dialogues are cut
}

// startRelay relays to the server at to until the test ends.
func startRelay(t *testing.T, to netip.AddrPort) *smtpRelay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &smtpRelay{addr: ln.Addr().(*net.TCPAddr).AddrPort(), to: to}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { r.pass(client) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		wg.Wait()
	})
	return r
}

// holdAt sets a trap for the dialogue after the next skip ones at step s. After
// the channel is closed that dialogue stands still until release.
func (r *smtpRelay) holdAt(s step, skip int) (sprung <-chan struct{}, release func()) {
	tr := &trap{at: s, skip: skip, sprung: make(chan struct{}), released: make(chan struct{})}
	r.mu.Lock()
	r.trap = tr
	r.mu.Unlock()
	return tr.sprung, func() {
		r.mu.Lock()
		r.trap = nil
		r.mu.Unlock()
		close(tr.released)
	}
}

// reach reports whether the dialogue that has come to step s may go on. One that
// was held may not.
func (r *smtpRelay) reach(s step) bool {
	r.mu.Lock()
	tr := r.trap
	hit := tr != nil && tr.at == s && tr.skip == 0
	if tr != nil && tr.at == s {
		tr.skip--
	}
	r.mu.Unlock()
	if !hit {
		return true
	}
	close(tr.sprung)
	if s == atAnswered {
		return true
	}
	<-tr.released
	return false
}

// dialogue is one connection through the relay.
type dialogue struct {
	relay          *smtpRelay
	client, server net.Conn
	fromClient     *bufio.Reader
	fromServer     *bufio.Reader
}

// pass relays one connection until either side ends it or it is held. It has some
// minutes, which no dialogue that is not stuck needs.
func (r *smtpRelay) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", r.to.String())
	if err != nil {
		return
	}
	defer server.Close()
	deadline := time.Now().Add(2 * patience)
	_ = client.SetDeadline(deadline)
	_ = server.SetDeadline(deadline)
	d := &dialogue{r, client, server, bufio.NewReader(client), bufio.NewReader(server)}
	if end := r.weather.Load().strike(atGreeting, d); end {
		return
	}
	if _, ok := d.answer(); !ok {
		return
	}
	for d.command() { // nothing: command does it all
	}
}

// command relays one command and its answer, and the mail after a DATA.
func (d *dialogue) command() bool {
	line, err := d.fromClient.ReadString('\n')
	if err != nil {
		return false
	}
	verb, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(line)), " ")
	if d.relay.weather.Load().strike(step(verb), d) || !d.relay.reach(step(verb)) || !send(d.server, line) {
		return false
	}
	code, ok := d.answer()
	if verb == "DATA" && code == "354" {
		return ok && d.mail()
	}
	return ok
}

// mail relays the lines up to the single dot, and the answer to it.
func (d *dialogue) mail() bool {
	for {
		line, err := d.fromClient.ReadString('\n')
		if err != nil {
			return false
		}
		last := line == ".\r\n"
		if last && (d.relay.weather.Load().strike(atDot, d) || !d.relay.reach(atDot)) {
			return false
		}
		if !send(d.server, line) {
			return false
		}
		if last {
			break
		}
	}
	asked := time.Now()
	answer, _, ok := d.hear()
	d.relay.weather.Load().answered(time.Since(asked))
	if !ok || d.relay.weather.Load().strike(atAnswer, d) {
		return false
	}
	return d.relay.reach(atAnswer) && send(d.client, answer) && d.relay.reach(atAnswered)
}

// answer relays one answer, of any number of lines, and returns its code.
func (d *dialogue) answer() (code string, ok bool) {
	text, code, ok := d.hear()
	return code, ok && send(d.client, text)
}

// hear reads one answer from the server (RFC 5321 section 4.2.1).
func (d *dialogue) hear() (text, code string, ok bool) {
	for {
		line, err := d.fromServer.ReadString('\n')
		text += line
		if err != nil || len(line) < 4 {
			return text, "", false
		}
		if line[3] != '-' {
			return text, line[:3], true
		}
	}
}

func send(to net.Conn, text string) bool {
	_, err := to.Write([]byte(text))
	return err == nil
}
