package mail

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// Mailer sends each notice as one letter over SMTP (RFC 5321). Check tells what
// is wrong with the settings; a Mailer with faults only ever returns errors.
type Mailer struct {
	// Name is the channel's name, as it stands in errors and logs.
	Name string
	// Relays are "host:port", "[::1]:25" or "unix:/path", tried in order, those that did
	// not answer of late last. The
	// next one is tried, in the same attempt, for recipients that this one could
	// not be reached for or answered 4yz; a refusal (5yz) is not taken elsewhere.
	Relays []string
	// TLS says how the way to the relays is encrypted; zero is TLSRequired.
	TLS TLSMode
	// ServerName is the name the certificate must bear; empty is the relay's host.
	ServerName string
	// TLSFiles are read for each dialogue. RootCAs goes before their CAFile.
	notify.TLSFiles
	RootCAs *x509.CertPool
	// From and To are plain ASCII addresses, with any display name.
	From mail.Address
	To   []mail.Address
	// Auth is the mechanism for Username and Password; empty is the best one
	// offered. Without a Username there is no AUTH.
	Auth     AuthMethod
	Username string
	Password notify.SecretRef
	// Helo is the name given in EHLO; empty is "localhost". On the way to
	// STARTTLS, and only there, the first EHLO says "localhost" all the same.
	Helo string
	// Timeout bounds each step: connecting, the TLS handshake, each command with
	// its answer, the body, the wait after it. Zero is notify.DefaultTimeout.
	Timeout time.Duration
	// Log tells of relays passed over (Warn) and of letters taken (Info); nil is silent.
	Log *slog.Logger
	// Style is how a notice is written.
	Style Style
	// Keep is how long a connection is kept open for the next notice; zero is not at all.
	Keep time.Duration
	// Trace gets the dialogue line by line, without secrets; nil is silent.
	Trace io.Writer
	// Dial connects to a relay; nil is net.Dialer's. The network is "tcp" or "unix".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	mem memory
}

// TraceTo has each dialogue told to out.
func (m *Mailer) TraceTo(out io.Writer) { m.Trace = out }

// Notify sends the notice to all of To but d.Done. Receipt.Done has the
// addresses a relay took the letter for, after the 250 that follows the body; of a notice
// that is several letters, with the letter's number behind them.
//
// The error is alert.Permanent when nobody took the letter, now or in an earlier
// attempt, and everybody was refused with 5yz. When somebody took it, those
// refused stand in Receipt.Refused. Any other error means that somebody is to be
// tried again; since a Dispatch says only who is done, the next attempt asks the
// refused once more, too.
func (m *Mailer) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	var all outcome
	letters := m.letters(d)
	for k, letter := range letters {
		out, err := m.mail(ctx, letter, doneMark(len(letters), k))
		if err != nil {
			return alert.Receipt{Done: all.done}, fmt.Errorf("mail %s: compose letter: %w", m.Name, err)
		}
		all = all.add(out)
		if len(out.waiting) > 0 {
			break // the next line is not told before this one
		}
	}
	receipt := alert.Receipt{Done: all.done, Refused: all.refused.Text()}
	switch {
	case len(all.waiting) > 0:
		return receipt, fmt.Errorf("mail %s: %w", m.Name, all.why(ctx))
	case len(all.done) == 0 && len(d.Done) == 0 && len(all.refused) > 0:
		return alert.Receipt{}, alert.Permanent(fmt.Errorf("mail %s: %w", m.Name, all.refused))
	case len(all.trouble) > 0:
		m.log().WarnContext(ctx, "relay passed over", "channel", m.Name, "notice", d.Notice.ID, "err", all.trouble)
	}
	return receipt, nil
}

// mail sends one letter to those who have not got it; mark is what tells it apart from
// the other letters of its notice in what is done.
func (m *Mailer) mail(ctx context.Context, d alert.Dispatch, mark string) (outcome, error) {
	waiting := m.waiting(d.Done, mark)
	if len(waiting) == 0 {
		return outcome{}, nil
	}
	letter, err := m.compose(d)
	if err != nil {
		return outcome{}, err
	}
	out := m.send(ctx, letter, waiting)
	for k := range out.done {
		out.done[k] += mark
	}
	return out, nil
}

// send tries the relays in order until no recipient waits.
func (m *Mailer) send(ctx context.Context, letter []byte, to []string) outcome {
	ready, cool := m.order()
	out := m.sendTo(ctx, ready, letter, outcome{waiting: to})
	if slices.ContainsFunc(ready, func(relay string) bool { return !m.cools(relay) }) {
		return out // one of them answered
	}
	return m.sendTo(ctx, cool, letter, out)
}

func (m *Mailer) sendTo(ctx context.Context, relays []string, letter []byte, out outcome) outcome {
	for _, name := range relays {
		if len(out.waiting) == 0 || ctx.Err() != nil {
			break
		}
		waiting := out.waiting
		out.waiting = nil
		out = out.add(m.deliver(ctx, name, letter, waiting).at(name))
	}
	return out
}

// deliver tries one relay, over the connection that is still open or a fresh one. Over an
// open one only good news counts: it may be stale, or the relay may have had enough of it
// and say so with 421 or 550. Whoever is not reached is tried again at once; should the
// relay have taken the letter and not been able to say so, the second has its Message-ID.
func (m *Mailer) deliver(ctx context.Context, name string, letter []byte, to []string) outcome {
	var out outcome
	if s := m.takeKept(ctx, name); s != nil {
		tried := m.converse(ctx, s, name, letter, to)
		out.done, out.answer = tried.done, tried.answer
		to = slices.DeleteFunc(slices.Clone(to), func(a string) bool { return slices.Contains(tried.done, a) })
		if len(to) == 0 || ctx.Err() != nil {
			out.waiting = to
			return out
		}
	}
	s, err := m.begun(ctx, name)
	if err != nil {
		return out.add(settled(err, false, to))
	}
	return out.add(m.converse(ctx, s, name, letter, to))
}

// converse sends the letter over a connection, and then keeps it or ends it.
func (m *Mailer) converse(ctx context.Context, s *session, name string, letter []byte, to []string) outcome {
	out := s.transfer(m.From.Address, to, letter)
	m.heard(ctx, name, s)
	if m.Keep > 0 && len(out.done) > 0 && ctx.Err() == nil && s.conn.first(nil) == nil {
		m.keep(s, name)
	} else {
		s.quit()
		s.close()
	}
	if len(out.done) > 0 {
		m.log().InfoContext(ctx, "letter taken", "channel", m.Name, "relay", name, "to", out.done, "answer", out.answer)
	}
	return out
}

// begun opens a dialogue and logs in.
func (m *Mailer) begun(ctx context.Context, name string) (*session, error) {
	r, err := parseRelay(name)
	if err != nil {
		return nil, err
	}
	s, err := m.open(ctx, r)
	if err != nil {
		if ctx.Err() == nil {
			m.answered(name, false)
		}
		return nil, err
	}
	if err := m.authenticate(s); err != nil {
		m.heard(ctx, name, s)
		s.close()
		return nil, err
	}
	return s, nil
}

// waiting returns the addresses of To that are not done, each once.
func (m *Mailer) waiting(done []string, mark string) []string {
	var waiting []string
	for _, to := range m.To {
		if !slices.Contains(done, to.Address+mark) && !slices.Contains(waiting, to.Address) {
			waiting = append(waiting, to.Address)
		}
	}
	return waiting
}

func (m *Mailer) timeout() time.Duration { return cmp.Or(m.Timeout, notify.DefaultTimeout) }

func (m *Mailer) log() *slog.Logger {
	if m.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return m.Log
}
