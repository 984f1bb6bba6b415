package notify

import (
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"
)

// reply is an SMTP answer that was not the wanted one. Its text was written by
// the peer, so it is told as one short printable line.
type reply struct{ *smtp.SMTPError }

func (r reply) Error() string {
	return r.status() + " " + oneLine(r.Message, maxLine)
}

func (r reply) Unwrap() error { return r.SMTPError }

// status returns the code, with the enhanced one (RFC 3463) when there is one.
func (r reply) status() string {
	e := r.EnhancedCode
	if e == smtp.EnhancedCodeNotSet {
		return fmt.Sprintf("%03d", r.Code)
	}
	return fmt.Sprintf("%03d %d.%d.%d", r.Code, e[0], e[1], e[2])
}

// describe gives an SMTP answer our words for it; other errors stay.
func describe(err error) error {
	if answer, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return reply{answer}
	}
	return err
}

// code returns the code of an SMTP answer, or 0 for any other error.
func code(err error) int {
	if answer, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return answer.Code
	}
	return 0
}

func isReply(err error) bool { return code(err) != 0 }

// isLost reports whether the dialogue is over: the connection failed, or the
// relay said 421, after which it closes (RFC 5321 section 3.8).
func isLost(err error) bool { return !isReply(err) || code(err) == 421 }

// isTooMany reports the answer to one RCPT too many; RFC 5321 section 4.5.3.1.10
// wants 552 there taken as 452. A full mailbox, which it also means, may empty.
func isTooMany(err error) bool { return code(err) == 552 }

// refuses reports whether an answer to MAIL, RCPT, DATA or the body refuses this
// mail for good. It does not when it is about the dialogue or the login, which
// an operator can mend: an alert is not thrown away for a setting.
func refuses(err error) bool {
	switch code(err) {
	case 500, 502, 503, 504: // commands: unknown, out of order, not implemented (RFC 5321 section 4.2.2)
		return false
	case 530, 534, 535, 538: // AUTH or STARTTLS wanted, or not good enough (RFC 4954 section 6, RFC 3207)
		return false
	}
	return code(err)/100 == 5
}
