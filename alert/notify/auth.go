package notify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// AuthMethod is a SASL mechanism (RFC 4954), by its name in the config. The
// empty one is the best that the relay offers.
type AuthMethod string

// The mechanisms.
const (
	AuthBest  AuthMethod = ""
	AuthPlain AuthMethod = "plain" // RFC 4616
	AuthLogin AuthMethod = "login" // draft-murchison-sasl-login; Exchange offers no other
)

// mechanisms are those we have, the best first.
func mechanisms() []AuthMethod { return []AuthMethod{AuthPlain, AuthLogin} }

// UnmarshalText reads a mechanism's name; any other text is an error.
func (a *AuthMethod) UnmarshalText(text []byte) error {
	if m := AuthMethod(text); m != AuthBest && !slices.Contains(mechanisms(), m) {
		return fmt.Errorf("read auth: want plain or login, not %q", text)
	}
	*a = AuthMethod(text)
	return nil
}

// authenticate logs in when a Username is set. Every error leaves the notice to
// be tried again: passwords and certificates can be mended.
func (m *Mailer) authenticate(s *session) error {
	if m.Username == "" {
		return nil
	}
	if _, ok := s.client.TLSConnectionState(); !ok || !m.TLS.verified() {
		return fmt.Errorf("auth: want tls required or implicit, not %s: no password is sent to a relay that did not prove its name", m.TLS)
	}
	method, err := m.mechanism(s.client)
	if err != nil {
		return err
	}
	var client sasl.Client = &loginClient{answers: []string{m.Username, string(m.Password)}}
	if method == AuthPlain {
		client = sasl.NewPlainClient("", m.Username, string(m.Password))
	}
	if err := s.client.Auth(client); err != nil {
		return fmt.Errorf("auth %s: %w", method, m.withoutPassword(err))
	}
	return nil
}

func (m *Mailer) mechanism(c *smtp.Client) (AuthMethod, error) {
	for _, method := range mechanisms() {
		if (m.Auth == AuthBest || m.Auth == method) && c.SupportsAuth(string(method)) {
			return method, nil
		}
	}
	_, offered := c.Extension("AUTH")
	return "", fmt.Errorf("auth: relay offers %q: want %s", oneLine(offered, maxLine), m.wantedAuth())
}

func (m *Mailer) wantedAuth() string {
	if m.Auth != AuthBest {
		return string(m.Auth)
	}
	return "plain or login"
}

// withoutPassword tells an answer to AUTH. Its text is kept only when it answers
// the login itself and holds no secret: relays that take a line for an unknown
// command repeat it in their answer.
func (m *Mailer) withoutPassword(err error) error {
	answer, ok := errors.AsType[*smtp.SMTPError](err)
	if !ok {
		return err
	}
	spoken := slices.Contains([]int{432, 454, 534, 535, 538}, answer.Code) // RFC 4954 section 6
	plain := "\x00" + m.Username + "\x00" + string(m.Password)
	for _, secret := range []string{string(m.Password), encode(string(m.Password)), encode(plain)} {
		spoken = spoken && !strings.Contains(answer.Message, secret)
	}
	if spoken {
		return reply{answer}
	}
	return errors.New(reply{answer}.status() + " (its text is not shown: it may repeat the password)")
}

func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// loginClient answers LOGIN's two challenges by their order. go-sasl's own sends
// the name with the command and wants the word "Password:" to the letter, which
// not every server offering LOGIN knows.
type loginClient struct{ answers []string }

func (c *loginClient) Start() (mech string, ir []byte, err error) {
	return sasl.Login, nil, nil
}

func (c *loginClient) Next([]byte) ([]byte, error) {
	if len(c.answers) == 0 {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	answer := c.answers[0]
	c.answers = c.answers[1:]
	return []byte(answer), nil
}
