package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-smtp"

	"haproxy-alert/alert/notify"
)

// outcome is what became of the recipients of a letter. Each of them is done,
// refused or waiting.
type outcome struct {
	done    []string      // a relay took the letter for them
	answer  string        // in these words, often with its queue's id
	waiting []string      // to be tried again
	trouble notify.Causes // why they wait
	refused notify.Causes // the refusals of those that are neither
}

// settled is one answer for the recipients it concerns: a refusal ends them, any
// other trouble leaves them waiting.
func settled(err error, refused bool, to []string) outcome {
	if refused {
		return outcome{refused: notify.Causes{err}}
	}
	return outcome{waiting: to, trouble: notify.Causes{err}}
}

// add joins what became of different recipients.
func (o outcome) add(next outcome) outcome {
	return outcome{
		done:    slices.Concat(o.done, next.done),
		answer:  cmp.Or(next.answer, o.answer),
		waiting: slices.Concat(o.waiting, next.waiting),
		trouble: slices.Concat(o.trouble, next.trouble),
		refused: slices.Concat(o.refused, next.refused),
	}
}

// at adds to every error which relay it was.
func (o outcome) at(relay string) outcome {
	for _, list := range []notify.Causes{o.trouble, o.refused} {
		for i, err := range list {
			list[i] = fmt.Errorf("relay %s: %w", relay, err)
		}
	}
	return o
}

// why returns the reason for which recipients still wait.
func (o outcome) why(ctx context.Context) error {
	switch {
	case len(o.trouble) > 0:
		return o.trouble
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return errors.New("no relay is set")
}

// reply is an SMTP answer that was not the wanted one. Its text was written by
// the peer, so it is told as one short printable line.
type reply struct{ *smtp.SMTPError }

func (r reply) Error() string {
	return r.status() + " " + notify.OneLine(r.Message, notify.MaxLine)
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
