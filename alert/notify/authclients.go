package notify

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // what RFC 2195 wants, and only over TLS
	"encoding/hex"

	"github.com/emersion/go-sasl"
)

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
