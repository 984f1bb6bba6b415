package interop_test

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/mail"
)

// mtaRow is one fault of a real mail server. Three notices are to go out: after a first
// error the fault is mended, where it does not go away by itself.
type mtaRow struct {
	name   string
	set    func(m *mail.Mailer, s *mta)
	says   map[string][]string // what the server says of recipients
	err    string              // part of the first error; empty: there is none
	mend   func(m *mail.Mailer, s *mta)
	big    bool   // the second notice is larger than the server likes
	refuse string // part of what is refused for good
	only   string // the server this is about; empty: both
}

const later = "451 4.7.1 greylisted, try again"

func mtaRows() []mtaRow {
	login := func(method mail.AuthMethod, password notify.SecretRef) func(*mail.Mailer, *mta) {
		return func(m *mail.Mailer, _ *mta) { m.Auth, m.Username, m.Password = method, "alerts", password }
	}
	port := func(of func(mtaPorts) uint16) func(*mail.Mailer, *mta) {
		return func(m *mail.Mailer, s *mta) { m.Relays = []string{address(of(s.ports))} }
	}
	good := port(func(p mtaPorts) uint16 { return p.Port })
	return []mtaRow{
		{name: "STARTTLS, own CA"},
		{name: "STARTTLS, connection kept", set: func(m *mail.Mailer, _ *mta) { m.Keep = 5 * time.Second }},
		{name: "TLS from the start", set: func(m *mail.Mailer, s *mta) {
			m.TLS, m.Relays = mail.TLSImplicit, []string{address(s.ports.Implicit)}
		}},
		{name: "opportunistic", set: func(m *mail.Mailer, _ *mta) { m.TLS, m.CAFile = mail.TLSOpportunistic, "" }},
		{
			name: "wrong CA", err: "certificate signed by unknown authority",
			set:  func(m *mail.Mailer, s *mta) { m.CAFile = s.file("client.pem") },
			mend: func(m *mail.Mailer, s *mta) { m.CAFile = s.file("cert.pem") },
		},
		{
			name: "certificate expired", err: "certificate has expired",
			set: func(m *mail.Mailer, s *mta) {
				m.CAFile, m.Relays = s.file("expired.pem"), []string{address(s.ports.Expired)}
			},
			mend: func(m *mail.Mailer, s *mta) { m.CAFile = s.file("cert.pem"); good(m, s) },
		},
		{
			name: "client certificate wanted", err: "relay 127.0.0.1:",
			set: port(func(p mtaPorts) uint16 { return p.Wants }),
			mend: func(m *mail.Mailer, s *mta) {
				m.CertFile, m.KeyFile = s.file("client.pem"), s.file("client-key.pem")
			},
		},
		{name: "AUTH, the best", set: login(mail.AuthBest, "hunter2")},
		{name: "AUTH LOGIN", set: login(mail.AuthLogin, "hunter2")},
		{name: "AUTH CRAM-MD5", set: login(mail.AuthCramMD5, "hunter2")},
		{name: "AUTH PLAIN, wrong password", set: login(mail.AuthPlain, "wrong"), err: "auth plain: 535", mend: login(mail.AuthPlain, "hunter2")},
		{name: "AUTH CRAM-MD5, wrong", set: login(mail.AuthCramMD5, "wrong"), err: "auth cram-md5: 535", mend: login(mail.AuthBest, "hunter2")},
		{
			name: "one bad recipient of three", set: three, refuse: "rcpt to gone@example.net: 550 5.1.1",
			says: map[string][]string{"gone@example.net": slices.Repeat([]string{"550 5.1.1 no such user"}, 9)},
		},
		{
			name: "one of three greylisted twice", set: three, err: "rcpt to gone@example.net: 451 4.7.1 ",
			says: map[string][]string{"gone@example.net": {later, later}},
		},
		{name: "greylisted twice", err: "451 4.7.1 ", says: map[string][]string{"ops@example.net": {later, later}}},
		{name: "421 in the dialogue", only: "postfix", err: "421 4.3.2", says: map[string][]string{"ops@example.net": {"421 4.3.2 going down"}}},
		{name: "larger than it takes", big: true, refuse: "552"},
	}
}

func three(m *mail.Mailer, _ *mta) {
	m.To = []netmail.Address{{Address: "ops@example.net"}, {Address: "gone@example.net"}, {Address: "oncall@example.net"}}
}

// mtas are the real servers, each started once for all rows.
var mtas = map[string]func(t *testing.T) *mta{"postfix": postfixMTA, "exim": eximMTA}

// TestEndToEndMailServers sends through real mail servers with every fault: nothing is
// lost, nothing out of order, and each row says how it went and how long it took.
func TestEndToEndMailServers(t *testing.T) {
	t.Parallel()
	for name, start := range mtas {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			for _, row := range mtaRows() {
				if row.only != "" && row.only != name {
					continue
				}
				t.Run(row.name, func(t *testing.T) { row.run(t, name, s) })
			}
			t.Run("too many letters on a connection", func(t *testing.T) { manyLetters(t, name, s) })
			for _, at := range []step{atMAIL, atRCPT, atDATA, atDot, atAnswer} {
				t.Run("killed at "+string(at), func(t *testing.T) { killedAt(t, name, s, at) })
			}
		})
	}
}

func (m *mta) mailer() *mail.Mailer {
	return &mail.Mailer{
		Name: "ops", Relays: []string{address(m.ports.Port)}, Timeout: patience,
		TLSFiles: notify.TLSFiles{CAFile: m.file("cert.pem")}, From: netmail.Address{Address: "alerts@example.com"}, To: []netmail.Address{{Address: "ops@example.net"}},
	}
}

func (row mtaRow) run(t *testing.T, server string, s *mta) {
	s.rule(row.says)
	defer s.rule(nil)
	m := s.mailer()
	if row.set != nil {
		row.set(m, s)
	}
	defer m.Close()
	o := &outbox{mailer: m, mend: func(error) {
		if row.mend != nil {
			row.mend(m, s)
		}
	}}
	want := o.send(t, row.name, 3, row.big)
	o.check(t, s, want, row.err, row.refuse)
	t.Logf("%-7s | %-31s | %s", server, row.name, o)
}

// manyLetters is a burst over kept connections; Exim ends each after three letters.
func manyLetters(t *testing.T, server string, s *mta) {
	m := s.mailer()
	m.Keep = 5 * time.Second
	defer m.Close()
	o := &outbox{mailer: m}
	o.check(t, s, o.send(t, "many letters", 10, false), "", "")
	t.Logf("%-7s | %-31s | %s", server, "10 letters, connection kept", o)
}

// killedAt ends the server with SIGKILL while a dialogue stands still, and starts it again.
func killedAt(t *testing.T, server string, s *mta, at step) {
	relay := startRelay(t, netip.MustParseAddrPort(address(s.ports.Port)))
	m := s.mailer()
	m.TLS, m.Relays = mail.TLSNone, []string{relay.addr.String()}
	sprung, release := relay.holdAt(at, 1)
	done := make(chan struct{})
	defer func() { <-done }()
	go func() {
		defer close(done)
		select {
		case <-sprung:
			s.Kill()
		case <-time.After(patience): // the test fails by what arrives
		}
		release()
	}()
	o := &outbox{mailer: m, mend: func(error) { <-done; s.restart(t) }}
	want := o.send(t, "killed at "+string(at), 3, false)
	if at == atAnswer { // taken, and nobody was told: the second one bears the same Message-ID
		o.repeats = true
	}
	o.check(t, s, want, "relay 127.0.0.1:", "")
	t.Logf("%-7s | %-31s | %s", server, "killed at "+string(at)+", restarted", o)
}

// outbox sends notices as the core does: one at a time, each until it is settled.
type outbox struct {
	mailer  *mail.Mailer
	mend    func(error) // after each error that is not final
	repeats bool        // one letter may come twice

	first    error // the first error
	refused  string
	attempts int
	sent     int
	copies   int // that have to arrive: a letter to many recipients is as many
	took     time.Duration
}

// send returns the Message-IDs of what has to arrive.
func (o *outbox) send(t *testing.T, name string, n int, big bool) (want []string) {
	t.Helper()
	begin := time.Now()
	for k := range n {
		at := time.Now()
		notice := alert.Notice{
			ID: fmt.Sprintf("%x-%d", []byte(name)[:min(12, len(name))], at.UnixNano()), Kind: alert.Problem, Severity: alert.Alert,
			Incident: "i", Proxy: "be", Server: "s1", Time: at, Opened: at,
			Subject: fmt.Sprintf("DOWN be/s1: %s, notice %d", name, k+1), Body: "be/s1 is down.\n",
		}
		if big && k == 1 {
			notice.Body = strings.Repeat("line upon line upon line upon line\n", 4000)
		}
		if o.settle(t, notice) {
			want = append(want, "<"+notice.ID+".haproxy-alert@example.com>")
		}
	}
	o.sent, o.took = n, time.Since(begin)
	return want
}

// settle reports whether the notice was taken for anybody.
func (o *outbox) settle(t *testing.T, n alert.Notice) bool {
	t.Helper()
	d := alert.Dispatch{Channel: "ops", Notice: n}
	for d.Attempt = 1; d.Attempt <= 9; d.Attempt++ {
		o.attempts++
		receipt, err := o.mailer.Notify(t.Context(), d)
		d.Done = append(d.Done, receipt.Done...)
		o.copies += len(receipt.Done)
		if receipt.Refused != "" {
			o.refused = receipt.Refused
		}
		switch {
		case err == nil:
			return true
		case alert.IsPermanent(err):
			o.refused = err.Error()
			return len(d.Done) > 0
		}
		if o.first == nil {
			o.first = err
		}
		if o.mend != nil {
			o.mend(err)
		}
	}
	t.Errorf("not settled after %d attempts", d.Attempt-1)
	return false
}

func (o *outbox) check(t *testing.T, s *mta, want []string, firstError, refused string) {
	t.Helper()
	if (o.first == nil) != (firstError == "") || o.first != nil && !strings.Contains(o.first.Error(), firstError) {
		t.Errorf("first error: %v, want ... %s", o.first, firstError)
	}
	if (o.refused == "") != (refused == "") || !strings.Contains(o.refused, refused) {
		t.Errorf("refused: %q, want ... %s", o.refused, refused)
	}
	if o.repeats {
		o.copies++
	}
	if !poll(patience, func() bool { return len(s.newMail()) >= o.copies }) {
		t.Errorf("arrived: %d of %d", len(s.newMail()), o.copies)
	}
	copies := len(s.newMail())
	if got := slices.Compact(s.accepted(t)); !slices.Equal(got, want) || copies != o.copies {
		t.Errorf("arrived in %d copies:\n%s\nwant %d:\n%s", copies, strings.Join(got, "\n"), o.copies, strings.Join(want, "\n"))
	}
}

// String is a row of the table: what happened, and what it took.
func (o *outbox) String() string {
	what := fmt.Sprintf("%d notices, %d attempts, %v", o.sent, o.attempts, o.took.Round(time.Millisecond))
	if err := errors.Unwrap(o.first); err != nil {
		what += " | then: " + err.Error()
	}
	if o.refused != "" {
		what += " | refused: " + o.refused
	}
	return what
}
