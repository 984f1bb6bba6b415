package mail

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // what RFC 2195 wants, and only over TLS
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"haproxy-alert/alert/notify"
)

// AuthMethod is a SASL mechanism (RFC 4954), by its name in the config. The
// empty one is the best that the relay offers.
type AuthMethod string

// The mechanisms. All of them go over TLS with a verified certificate only: what
// CRAM-MD5 hides, a listener can guess at leisure.
const (
	AuthBest    AuthMethod = ""
	AuthPlain   AuthMethod = "plain"    // RFC 4616
	AuthLogin   AuthMethod = "login"    // draft-murchison-sasl-login; Exchange offers no other
	AuthCramMD5 AuthMethod = "cram-md5" // RFC 2195
	AuthXOAuth2 AuthMethod = "xoauth2"  // Google's and Microsoft's; the password is the token
)

// mechanisms are those we have.
func mechanisms() []AuthMethod {
	return []AuthMethod{AuthPlain, AuthLogin, AuthCramMD5, AuthXOAuth2}
}

// best are those taken unasked, the best first. A password is no token, so XOAUTH2 has
// to be asked for.
func best() []AuthMethod { return []AuthMethod{AuthPlain, AuthLogin, AuthCramMD5} }

// UnmarshalText reads a mechanism's name; any other text is an error.
func (a *AuthMethod) UnmarshalText(text []byte) error {
	if m := AuthMethod(text); m != AuthBest && !slices.Contains(mechanisms(), m) {
		return fmt.Errorf("read auth: want one of %s, not %q", names(mechanisms()), text)
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
	secret, err := m.Password.Read()
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if err := s.client.Auth(m.answers(method, string(secret))); err != nil {
		return fmt.Errorf("auth %s: %w", method, m.withoutPassword(err, string(secret)))
	}
	return nil
}

// answers returns our side of the mechanism.
func (m *Mailer) answers(method AuthMethod, secret string) sasl.Client {
	switch method {
	case AuthPlain:
		return sasl.NewPlainClient("", m.Username, secret)
	case AuthCramMD5:
		return &cramClient{m.Username, secret}
	case AuthXOAuth2:
		return &xoauth2Client{m.Username, secret}
	default:
		return &loginClient{answers: []string{m.Username, secret}}
	}
}

func (m *Mailer) mechanism(c *smtp.Client) (AuthMethod, error) {
	wanted := best()
	if m.Auth != AuthBest {
		wanted = []AuthMethod{m.Auth}
	}
	for _, method := range wanted {
		if c.SupportsAuth(strings.ToUpper(string(method))) {
			return method, nil
		}
	}
	_, offered := c.Extension("AUTH")
	return "", fmt.Errorf("auth: relay offers %q: want %s", notify.OneLine(offered, notify.MaxLine), names(wanted))
}

func names(methods []AuthMethod) string {
	var all []string
	for _, m := range methods {
		all = append(all, string(m))
	}
	return strings.Join(all, ", ")
}

// withoutPassword tells an answer to AUTH. Its text is kept only when it answers
// the login itself and holds no secret: relays that take a line for an unknown
// command repeat it in their answer.
func (m *Mailer) withoutPassword(err error, password string) error {
	answer, ok := errors.AsType[*smtp.SMTPError](err)
	if !ok {
		return err
	}
	spoken := slices.Contains([]int{432, 454, 534, 535, 538}, answer.Code) // RFC 4954 section 6
	plain := "\x00" + m.Username + "\x00" + password
	_, bearer, _ := (&xoauth2Client{m.Username, password}).Start()
	for _, secret := range []string{password, encode(password), encode(plain), encode(string(bearer))} {
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

// cramClient answers a challenge with its keyed sum (RFC 2195).
type cramClient struct{ user, secret string }

func (c *cramClient) Start() (mech string, ir []byte, err error) { return "CRAM-MD5", nil, nil }

func (c *cramClient) Next(challenge []byte) ([]byte, error) {
	sum := hmac.New(md5.New, []byte(c.secret))
	sum.Write(challenge)
	return []byte(c.user + " " + hex.EncodeToString(sum.Sum(nil))), nil
}

// xoauth2Client sends a token. A server that refuses it says why in a challenge, and
// wants an empty answer before it says so in a reply.
type xoauth2Client struct{ user, token string }

func (c *xoauth2Client) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + c.user + "\x01auth=Bearer " + c.token + "\x01\x01"), nil
}

func (c *xoauth2Client) Next([]byte) ([]byte, error) { return []byte{}, nil }
