package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-smtp"

	"haproxy-alert/alert/notify"
)

// quitTimeout bounds the farewell: the letter is settled by then, and the next
// one should not wait for it.
const quitTimeout = time.Second

// session is one SMTP dialogue with one relay.
type session struct {
	client *smtp.Client
	conn   *boundConn  // below TLS
	stop   func() bool // lets go of ctx
	reused bool        // it was kept: its end says nothing of the relay
}

// open connects, sets up TLS as the mode says and says EHLO.
//
// Opportunistic takes two connections where STARTTLS is offered: go-smtp can
// start TLS only at the beginning of a dialogue. A handshake that fails then is
// an error, not a reason to go on in clear.
func (m *Mailer) open(ctx context.Context, r relay) (*session, error) {
	if m.TLS != TLSOpportunistic {
		return m.begin(ctx, r, m.TLS)
	}
	s, err := m.begin(ctx, r, TLSNone)
	if err != nil {
		return nil, err
	}
	if ok, _ := s.client.Extension("STARTTLS"); !ok {
		return s, nil
	}
	s.quit()
	s.close()
	return m.begin(ctx, r, TLSRequired)
}

// begin opens one connection; the end of ctx closes it from then on.
func (m *Mailer) begin(ctx context.Context, r relay, mode TLSMode) (*session, error) {
	config, err := m.tlsConfig(r)
	if err != nil {
		return nil, err
	}
	conn, err := m.dial(ctx, r)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn}
	s.watch(ctx)
	if err := s.secure(ctx, mode, config); err != nil {
		s.close()
		return nil, fmt.Errorf("%w (tls is %s)", err, m.TLS)
	}
	if m.Trace != nil {
		s.client.DebugWriter = &transcript{out: m.Trace}
	}
	if err := s.client.Hello(cmp.Or(m.Helo, "localhost")); err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", helloStep(mode, err), describe(err))
	}
	return s, nil
}

// watch has the end of ctx close the connection.
func (s *session) watch(ctx context.Context) {
	s.stop = context.AfterFunc(ctx, func() { s.conn.abort(context.Cause(ctx)) })
}

// secure starts TLS. A relay without STARTTLS, where it is wanted, is an error:
// nothing goes on in clear.
func (s *session) secure(ctx context.Context, mode TLSMode, config *tls.Config) (err error) {
	switch mode {
	case TLSImplicit:
		conn := tls.Client(s.conn, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("tls handshake: %w", err)
		}
		s.client = smtp.NewClient(conn)
	case TLSRequired:
		if s.client, err = smtp.NewClientStartTLS(s.conn, config); err != nil {
			return fmt.Errorf("starttls: %w", describe(err))
		}
	default:
		s.client = smtp.NewClient(s.conn)
	}
	return nil
}

// helloStep names what Hello was at when it failed: go-smtp reads the greeting,
// or after STARTTLS shakes hands, as part of it.
func helloStep(mode TLSMode, err error) string {
	switch {
	case mode == TLSRequired && !isReply(err):
		return "tls handshake"
	case mode == TLSRequired:
		return "ehlo"
	}
	return "greeting and ehlo"
}

// transfer sends the letter to everyone the relay accepts.
func (s *session) transfer(from string, to []string, letter []byte) outcome {
	if err := s.client.Mail(from, &smtp.MailOptions{Size: int64(len(letter))}); err != nil {
		return settled(fmt.Errorf("mail from %s: %w", from, describe(err)), refuses(err), to)
	}
	var out outcome
	var accepted []string
	for i, rcpt := range to {
		err := s.client.Rcpt(rcpt, nil)
		if err == nil {
			accepted = append(accepted, rcpt)
			continue
		}
		told := fmt.Errorf("rcpt to %s: %w", rcpt, describe(err))
		if isLost(err) {
			return out.add(settled(told, false, slices.Concat(accepted, to[i:])))
		}
		out = out.add(settled(told, refuses(err) && !isTooMany(err), []string{rcpt}))
	}
	if len(accepted) == 0 {
		return out
	}
	return s.data(letter, accepted, out)
}

// data sends the letter to those accepted; out is what became of the others. A
// letter that is refused is refused for those that wait, too.
func (s *session) data(letter []byte, accepted []string, out outcome) outcome {
	answer, err := s.body(letter)
	if err == nil {
		return out.add(outcome{done: accepted, answer: notify.OneLine(answer, notify.MaxLine)})
	}
	to := slices.Concat(accepted, out.waiting)
	out.waiting = nil
	return out.add(settled(err, refuses(err), to))
}

// body sends the letter and returns what the relay said when it took it.
func (s *session) body(letter []byte) (string, error) {
	w, err := s.client.Data()
	if err != nil {
		return "", fmt.Errorf("data: %w", describe(err))
	}
	if _, err := w.Write(letter); err != nil {
		return "", fmt.Errorf("body: %w", describe(err))
	}
	response, err := w.CloseWithResponse()
	if err != nil {
		return "", fmt.Errorf("end of body: %w", describe(err))
	}
	return response.StatusText, nil
}

// quit says goodbye; the letter is settled, so no answer changes anything.
func (s *session) quit() {
	timer := time.AfterFunc(quitTimeout, s.close)
	defer timer.Stop()
	_ = s.client.Quit()
}

// close ends the connection below TLS, without a word that could block.
func (s *session) close() {
	s.stop()
	_ = s.conn.Close()
}
