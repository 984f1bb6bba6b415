package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

func TestRecipients(t *testing.T) {
	const (
		gone  = "550 5.1.1 no such user"
		later = "451 4.7.1 greylisted"
	)
	tests := map[string]struct {
		answers   map[string]string
		done      []string // by earlier attempts
		want      alert.Receipt
		err       string // how the error ends; empty for none
		permanent bool
		letters   int
	}{
		"all taken": {want: alert.Receipt{Done: []string{"a@x.org", "b@x.org"}}, letters: 1},
		"one refused": {
			answers: map[string]string{"RCPT b@x.org": gone},
			want:    alert.Receipt{Done: []string{"a@x.org"}, Refused: "relay mx.example.com:25: rcpt to b@x.org: " + gone},
			letters: 1,
		},
		"one later": {
			answers: map[string]string{"RCPT a@x.org": later},
			want:    alert.Receipt{Done: []string{"b@x.org"}},
			err:     "mail ops: relay mx.example.com:25: rcpt to a@x.org: " + later,
			letters: 1,
		},
		"one later, one refused": {
			answers: map[string]string{"RCPT a@x.org": later, "RCPT b@x.org": gone},
			want:    alert.Receipt{Refused: "relay mx.example.com:25: rcpt to b@x.org: " + gone},
			err:     "rcpt to a@x.org: " + later,
		},
		"all refused": {
			answers: map[string]string{"RCPT": gone}, permanent: true,
			err: "rcpt to a@x.org: " + gone + "; relay mx.example.com:25: rcpt to b@x.org: " + gone,
		},
		"the rest refused after an earlier success": {
			answers: map[string]string{"RCPT": gone}, done: []string{"a@x.org"},
			want: alert.Receipt{Refused: "relay mx.example.com:25: rcpt to b@x.org: " + gone},
		},
		"done are left out": {done: []string{"a@x.org"}, want: alert.Receipt{Done: []string{"b@x.org"}}, letters: 1},
		"nobody left":       {done: []string{"a@x.org", "b@x.org"}},
		"one recipient too many": {
			answers: map[string]string{"RCPT b@x.org": "552 too many recipients"},
			want:    alert.Receipt{Done: []string{"a@x.org"}}, err: "552 too many recipients", letters: 1,
		},
		"sender refused":                       {answers: map[string]string{"MAIL": "553 5.1.8 who"}, permanent: true, err: "mail from alerts@example.com: 553 5.1.8 who"},
		"sender later":                         {answers: map[string]string{"MAIL": "452 4.3.1 full"}, err: "452 4.3.1 full"},
		"login wanted":                         {answers: map[string]string{"MAIL": "530 5.7.0 authentication required"}, err: "530 5.7.0 authentication required"},
		"out of order":                         {answers: map[string]string{"MAIL": "503 5.5.1 first say who you are"}, err: "503 5.5.1 first say who you are"},
		"data refused":                         {answers: map[string]string{"DATA": "554 5.7.1 no"}, permanent: true, err: "data: 554 5.7.1 no"},
		"data later":                           {answers: map[string]string{"DATA": "451 4.3.0 no"}, err: "data: 451 4.3.0 no"},
		"letter refused":                       {answers: map[string]string{"DOT": "554 5.6.0 spam"}, permanent: true, err: "end of body: 554 5.6.0 spam"},
		"letter later":                         {answers: map[string]string{"DOT": "450 4.2.0 busy"}, err: "end of body: 450 4.2.0 busy"},
		"greeting refused":                     {answers: map[string]string{"CONNECT": "554 not here"}, err: "greeting and ehlo: 554 not here"},
		"closing":                              {answers: map[string]string{"RCPT b@x.org": "421 4.3.2 going down"}, err: "rcpt to b@x.org: 421 4.3.2 going down"},
		"refusal of the letter ends who waits": {answers: map[string]string{"RCPT b@x.org": later, "DOT": "554 5.6.0 spam"}, permanent: true, err: "554 5.6.0 spam"},
		"answers are one printable line":       {answers: map[string]string{"MAIL": "450-4.2.0 a\x1b[31m\r\n450 4.2.0 b"}, err: "450 4.2.0 a[31m b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{Answers: tt.answers}).Start(t)
				m := mailer(s)
				m.To = notifytest.Addresses("a@x.org", "b@x.org", "a@x.org")
				d := notifytest.Dispatch(notifytest.Problem())
				d.Done = tt.done
				receipt, err := m.Notify(t.Context(), d)
				if diff := cmp.Diff(tt.want, receipt); diff != "" {
					t.Errorf("receipt (-want +got):\n%s", diff)
				}
				if (err == nil) != (tt.err == "") || err != nil && !strings.HasSuffix(err.Error(), tt.err) {
					t.Errorf("Notify: %v, want ... %s", err, tt.err)
				}
				if alert.IsPermanent(err) != tt.permanent {
					t.Errorf("Notify: %v: permanent is %t, want %t", err, alert.IsPermanent(err), tt.permanent)
				}
				if got := len(s.Taken()); got != tt.letters {
					t.Errorf("the relay took %d letters, want %d", got, tt.letters)
				}
			})
		})
	}
}

func TestErrorKeepsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Answers: map[string]string{"RCPT": "550 5.1.1 no such user"}}).Start(t)
		_, err := mailer(s).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		answer, ok := errors.AsType[*smtp.SMTPError](err)
		if !ok || answer.Code != 550 || answer.EnhancedCode != (smtp.EnhancedCode{5, 1, 1}) {
			t.Errorf("the error holds %+v, want 550 5.1.1", answer)
		}
	})
}

// TestManyRefusals keeps the error, which goes into the journal, short.
func TestManyRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Answers: map[string]string{"RCPT": "550 no"}}).Start(t)
		m := mailer(s)
		m.To = nil
		for i := range 100 {
			m.To = append(m.To, mail.Address{Address: fmt.Sprintf("a%d@x.org", i)})
		}
		_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if !alert.IsPermanent(err) || !strings.HasSuffix(err.Error(), "rcpt to a7@x.org: 550 no; and 92 more") {
			t.Errorf("Notify: %v, want eight refusals and 92 more", err)
		}
	})
}

// farm is several relays by address.
type farm map[string]*notifytest.Script

func (f farm) dial(ctx context.Context, network, address string) (net.Conn, error) {
	return f[address].Dial(ctx, network, address)
}

func TestRelaysInOrder(t *testing.T) {
	tests := map[string]struct {
		first     *notifytest.Script
		done      []string
		permanent bool
		second    []string // the RCPT commands the second relay saw
	}{
		"first takes it":          {first: &notifytest.Script{}, done: []string{"a@x.org", "b@x.org"}},
		"first is away":           {first: &notifytest.Script{Refuse: true}, done: []string{"a@x.org", "b@x.org"}, second: []string{"a", "b"}},
		"first is mute":           {first: &notifytest.Script{Stall: "CONNECT"}, done: []string{"a@x.org", "b@x.org"}, second: []string{"a", "b"}},
		"first turns us away":     {first: &notifytest.Script{Answers: map[string]string{"CONNECT": "554 no"}}, done: []string{"a@x.org", "b@x.org"}, second: []string{"a", "b"}},
		"first is busy":           {first: &notifytest.Script{Answers: map[string]string{"MAIL": "451 busy"}}, done: []string{"a@x.org", "b@x.org"}, second: []string{"a", "b"}},
		"first takes one":         {first: &notifytest.Script{Answers: map[string]string{"RCPT b@x.org": "451 busy"}}, done: []string{"a@x.org", "b@x.org"}, second: []string{"b"}},
		"first goes down halfway": {first: &notifytest.Script{Answers: map[string]string{"RCPT b@x.org": "421 bye"}}, done: []string{"a@x.org", "b@x.org"}, second: []string{"a", "b"}},
		"first is busy twice":     {first: &notifytest.Script{Answers: map[string]string{"RCPT a@x.org": "451 busy", "DOT": "451 busy"}}, done: []string{"b@x.org", "a@x.org"}, second: []string{"b", "a"}},
		"first refuses one":       {first: &notifytest.Script{Answers: map[string]string{"RCPT b@x.org": "550 no"}}, done: []string{"a@x.org"}},
		"first refuses all":       {first: &notifytest.Script{Answers: map[string]string{"MAIL": "550 no"}}, permanent: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				second := (&notifytest.Script{}).Start(t)
				m := mailer(second)
				m.Relays = []string{"one:25", "two:25"}
				m.Dial = farm{"one:25": tt.first.Start(t), "two:25": second}.dial
				m.To = notifytest.Addresses("a@x.org", "b@x.org")
				receipt, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				if (err != nil) != tt.permanent || alert.IsPermanent(err) != tt.permanent {
					t.Errorf("Notify: %v, want permanent %t", err, tt.permanent)
				}
				if diff := cmp.Diff(tt.done, receipt.Done); diff != "" {
					t.Errorf("done (-want +got):\n%s", diff)
				}
				var want []string
				for _, name := range tt.second {
					want = append(want, "RCPT TO:<"+name+"@x.org>")
				}
				if diff := cmp.Diff(want, second.Seen("RCPT")); len(want)+len(second.Seen("RCPT")) > 0 && diff != "" {
					t.Errorf("the second relay saw (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestRelayPassedOver logs the trouble that no error tells of.
func TestRelayPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		second := (&notifytest.Script{}).Start(t)
		var log bytes.Buffer
		m := mailer(second)
		m.Log = slog.New(slog.NewTextHandler(&log, nil))
		m.Relays = []string{"one:25", "two:25"}
		m.Dial = farm{"one:25": (&notifytest.Script{Refuse: true}).Start(t), "two:25": second}.dial
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"dial one:25: connection refused", "queued as 4c1d2e"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, log.String())
			}
		}
	})
}

func TestNoRelay(t *testing.T) {
	m := mailer(&notifytest.Script{})
	m.Relays = nil
	if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err == nil || alert.IsPermanent(err) {
		t.Errorf("Notify: %v, want an error that is not permanent", err)
	}
}

func TestEnvelopeIsTheLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{}).Start(t)
		m := mailer(s)
		m.Helo = "lb1.example.com"
		n := notifytest.Problem()
		n.Body = ".\n.hidden\nend"
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(n)); err != nil {
			t.Fatal(err)
		}
		want, err := m.compose(notifytest.Dispatch(n))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{string(want)}, s.Taken()); diff != "" {
			t.Errorf("letter (-composed +taken):\n%s", diff)
		}
		if len(s.Seen("EHLO lb1.example.com")) != 1 || len(s.Seen("MAIL FROM:<alerts@example.com> BODY=8BITMIME SIZE=")) != 1 {
			t.Errorf("the relay saw %q", s.Commands)
		}
	})
}
