package mail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// secureMailer talks to a script that offers STARTTLS and AUTH.
func secureMailer(t *testing.T, s *notifytest.Script) *Mailer {
	t.Helper()
	a := notifytest.NewAuthority(t)
	s.TLS, s.Auth = a.Server, "PLAIN LOGIN"
	m := mailer(s)
	m.TLS, m.RootCAs = TLSRequired, a.Pool
	m.Username, m.Password = "alerts", "hunter2"
	return m
}

// stallSteps are all at which a relay can fall silent, in their order.
var stallSteps = []string{"DIAL", "CONNECT", "EHLO", "STARTTLS", "HANDSHAKE", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "DOT"}

// TestStall falls silent at each step: every one ends after one timeout, and the
// notice is tried again.
func TestStall(t *testing.T) {
	for _, step := range stallSteps {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{Stall: step}).Start(t)
				m := secureMailer(t, s)
				begin := time.Now()
				_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				if err == nil || alert.IsPermanent(err) {
					t.Errorf("Notify: %v, want an error that is not permanent", err)
				}
				if timeout, ok := errors.AsType[interface {
					error
					Timeout() bool
				}](err); !ok || !timeout.Timeout() {
					t.Errorf("Notify: %v, want a timeout", err)
				}
				if took := time.Since(begin); took != notify.DefaultTimeout {
					t.Errorf("took %s, want %s", took, notify.DefaultTimeout)
				}
				t.Log(err)
			})
		})
	}
}

// TestStallInImplicitHandshake meets a server that waits for clear text.
func TestStallInImplicitHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Stall: "CONNECT"}).Start(t)
		m := mailer(s)
		m.TLS, m.Timeout = TLSImplicit, 3*time.Second
		begin := time.Now()
		_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		checkError(t, err, "tls handshake: ")
		if took := time.Since(begin); took != m.Timeout {
			t.Errorf("took %s, want %s", took, m.Timeout)
		}
	})
}

// TestStallAtQuit does not make a letter wait that was taken before.
func TestStallAtQuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Stall: "QUIT"}).Start(t)
		m := secureMailer(t, s)
		begin := time.Now()
		receipt, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if err != nil || len(receipt.Done) != 1 {
			t.Errorf("Notify: %+v, %v, want one done", receipt, err)
		}
		if took := time.Since(begin); took != quitTimeout {
			t.Errorf("took %s, want %s", took, quitTimeout)
		}
	})
}

// TestContextEndsEveryStep ends ctx in the middle of each stall.
func TestContextEndsEveryStep(t *testing.T) {
	for _, step := range stallSteps {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{Stall: step}).Start(t)
				m := secureMailer(t, s)
				m.Relays = append(m.Relays, "second.example.com:25")
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				begin := time.Now()
				if _, err := m.Notify(ctx, notifytest.Dispatch(notifytest.Problem())); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Notify: %v, want %v", err, context.DeadlineExceeded)
				}
				if took := time.Since(begin); took != time.Second {
					t.Errorf("took %s, want 1s", took)
				}
				if s.Dialled != 1 {
					t.Errorf("dialled %d relays, want none after ctx ended", s.Dialled)
				}
			})
		})
	}
}

// TestHangup closes at each step.
func TestHangup(t *testing.T) {
	for _, step := range []string{"CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "DOT"} {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{Hangup: step}).Start(t)
				receipt, err := secureMailer(t, s).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				if err == nil || alert.IsPermanent(err) || len(receipt.Done) > 0 {
					t.Errorf("Notify: %+v, %v, want nobody done and an error that is not permanent", receipt, err)
				}
			})
		})
	}
}

// TestTrickle gets an octet a second: a step has one timeout, not each of its reads.
func TestTrickle(t *testing.T) {
	for _, step := range []string{"CONNECT", "MAIL", "DOT"} {
		synctest.Test(t, func(t *testing.T) {
			s := (&notifytest.Script{Trickle: step}).Start(t)
			begin := time.Now()
			_, err := mailer(s).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
			if err == nil || alert.IsPermanent(err) {
				t.Errorf("%s: Notify: %v, want an error that is not permanent", step, err)
			}
			if took := time.Since(begin); took != notify.DefaultTimeout {
				t.Errorf("%s: took %s, want %s", step, took, notify.DefaultTimeout)
			}
		})
	}
}

// TestEndlessLines is not stopped by go-smtp, which joins the lines of an answer.
func TestEndlessLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flood := strings.Repeat("250-more\r\n", 2*maxAnswers/len("250-more\r\n"))
		s := (&notifytest.Script{Answers: map[string]string{"MAIL": flood + "250 end"}}).Start(t)
		if _, err := mailer(s).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); !errors.Is(err, errTalkative) {
			t.Errorf("Notify: %v, want %v", err, errTalkative)
		}
	})
}
