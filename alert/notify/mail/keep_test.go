package mail

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// A burst goes over one connection, which ends by itself.
func TestBurstKeepsItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{}).Start(t)
		m := secureMailer(t, s)
		m.Keep = 5 * time.Second
		for range 3 {
			if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
		}
		if s.Dialled != 1 || len(s.Taken()) != 3 || len(s.Seen("tls AUTH")) != 1 {
			t.Errorf("%d connections, %d letters, %q", s.Dialled, len(s.Taken()), s.Commands)
		}
		time.Sleep(6 * time.Second)
		if quits := s.Seen("tls QUIT"); len(quits) != 1 {
			t.Errorf("%d times QUIT, want 1", len(quits))
		}
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil || s.Dialled != 2 {
			t.Errorf("%v, %d connections", err, s.Dialled)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A connection that is gone, or falls silent, costs no notice: a fresh one takes it.
func TestStaleConnectionIsReplaced(t *testing.T) {
	for name, spoil := range map[string]func(*notifytest.Script){
		"closed":       func(s *notifytest.Script) { s.Hangup = "AGAIN" },
		"told to go":   func(s *notifytest.Script) { s.Answers = map[string]string{"AGAIN": "421 4.4.2 idle for too long"} },
		"fallen mute":  func(s *notifytest.Script) { s.Stall = "AGAIN" },
		"says nothing": func(s *notifytest.Script) { s.Answers = map[string]string{"AGAIN": "500 5.5.1 what"} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{}).Start(t)
				spoil(s)
				m := secureMailer(t, s)
				m.Keep = time.Minute
				for range 2 {
					if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
						t.Fatal(err)
					}
				}
				if s.Dialled != 2 || len(s.Taken()) != 2 {
					t.Errorf("%d connections, %d letters", s.Dialled, len(s.Taken()))
				}
				_ = m.Close()
			})
		})
	}
}

// A relay that does not answer comes last for a while, and first again after it.
func TestRelaysCoolDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &Mailer{Relays: []string{"a:25", "b:25", "c:25"}}
		want := func(ready, cool string) {
			t.Helper()
			r, c := m.order()
			if strings.Join(r, " ") != ready || strings.Join(c, " ") != cool {
				t.Errorf("ready %q, cooling %q; want %q, %q", r, c, ready, cool)
			}
		}
		m.answered("a:25", false)
		want("b:25 c:25", "a:25")
		m.answered("b:25", false)
		m.answered("c:25", false)
		want("", "a:25 b:25 c:25")
		time.Sleep(coolFirst)
		want("a:25 b:25 c:25", "")
		m.answered("a:25", false)
		time.Sleep(coolFirst)
		want("b:25 c:25", "a:25") // the second time is twice as long
		m.answered("a:25", true)
		want("a:25 b:25 c:25", "")
	})
}

// A relay that falls silent or hangs up at any step comes last for the next notice, which
// so does not wait for it; one that answers "later" or refuses the login has answered.
func TestSilentRelayCoolsDown(t *testing.T) {
	tests := map[string]struct {
		spoil func(*notifytest.Script)
		asked int
	}{
		"refused":  {func(s *notifytest.Script) { s.Answers = map[string]string{"AUTH": "535 5.7.8 no"} }, 3},
		"later":    {func(s *notifytest.Script) { s.Answers = map[string]string{"RCPT": "451 4.3.0 later"} }, 3},
		"hangs up": {func(s *notifytest.Script) { s.Hangup = "MAIL" }, 1},
	}
	for _, step := range []string{"DIAL", "CONNECT", "EHLO", "HANDSHAKE", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "DOT"} {
		tests["silent at "+step] = struct {
			spoil func(*notifytest.Script)
			asked int
		}{func(s *notifytest.Script) { s.Stall = step }, 1}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bad, good := (&notifytest.Script{}).Start(t), (&notifytest.Script{}).Start(t)
				tt.spoil(bad)
				m := secureMailer(t, bad)
				good.TLS, good.Auth = bad.TLS, bad.Auth
				m.ServerName = "mx.example.com"
				m.Relays = []string{"bad.example.com:25", "good.example.com:25"}
				m.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					if address == m.Relays[0] {
						return bad.Dial(ctx, network, address)
					}
					return good.Dial(ctx, network, address)
				}
				begin := time.Now()
				for range 3 {
					if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
						t.Error(err)
					}
				}
				if took := time.Since(begin); bad.Dialled != tt.asked || took > notify.DefaultTimeout || len(good.Taken()) != 3 {
					t.Errorf("asked %d times, want %d; took %s; %d letters", bad.Dialled, tt.asked, took, len(good.Taken()))
				}
			})
		})
	}
}

// The end of ctx in the middle of a dialogue is no fault of the relay.
func TestContextCoolsNoRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Stall: "RCPT"}).Start(t)
		m := mailer(s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := m.Notify(ctx, notifytest.Dispatch(notifytest.Problem())); err == nil || m.cools(m.Relays[0]) {
			t.Errorf("%v, and the relay cools: %t", err, m.cools(m.Relays[0]))
		}
	})
}

// While one relay answers "later", one that did not answer of late is not asked.
func TestCoolRelayIsNotAskedBesideOneThatAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Answers: map[string]string{"RCPT": "451 4.3.0 later"}}).Start(t)
		m := mailer(s)
		m.Relays = []string{"away.example.com:25", "mx.example.com:25"}
		m.answered("away.example.com:25", false)
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err == nil || s.Dialled != 1 {
			t.Errorf("%v after %d connections, want one", err, s.Dialled)
		}
		m.answered("mx.example.com:25", false)
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err == nil || s.Dialled != 3 {
			t.Errorf("%v after %d connections, want both asked when none is ready", err, s.Dialled)
		}
	})
}

// The transcript shows the dialogue and no secret of it, also when TLS hides it.
func TestTranscript(t *testing.T) {
	for _, method := range []AuthMethod{AuthPlain, AuthLogin, AuthCramMD5, AuthXOAuth2} {
		synctest.Test(t, func(t *testing.T) {
			s := (&notifytest.Script{Answers: map[string]string{"AUTH": "535 5.7.8 not hunter2"}}).Start(t)
			m := secureMailer(t, s)
			s.Auth, m.Auth = strings.ToUpper(string(method)), method
			var b strings.Builder
			m.Trace = &b
			if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err == nil {
				t.Error("no error")
			}
			for _, secret := range []string{"hunter2", encode("hunter2"), encode("\x00alerts\x00hunter2"), encode("user=alerts\x01auth=Bearer hunter2\x01\x01")} {
				if strings.Contains(b.String(), secret) {
					t.Errorf("it tells the secret:\n%s", b.String())
				}
			}
			for _, want := range []string{"< 250", "> AUTH " + s.Auth + " ***", "< 535 5.7.8 (the rest is not shown"} {
				if !strings.Contains(b.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, b.String())
				}
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{}).Start(t)
		m := secureMailer(t, s)
		var b strings.Builder
		m.Trace = &b
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"> MAIL FROM:<alerts@example.com>", "> DATA", "< 354", "> (a letter of ", "> QUIT"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, b.String())
			}
		}
		if strings.Contains(b.String(), "Layer4") {
			t.Errorf("it shows the letter:\n%s", b.String())
		}
	})
}

// An answer to the login may have many lines, or no status in front of what it repeats.
func TestTranscriptHidesEachLine(t *testing.T) {
	for _, said := range []string{"535-5.7.8 no\r\n535 5.7.8 not hunter2", "535 hunter2", "500 hunter2 what", "235-hunter2\r\n235 hunter2"} {
		t.Run(said, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{Answers: map[string]string{"AUTH": said}}).Start(t)
				m := secureMailer(t, s)
				var b strings.Builder
				m.Trace = &b
				_, _ = m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				if strings.Contains(b.String(), "hunt") || !strings.Contains(b.String(), "(the rest is not shown") {
					t.Errorf("got:\n%s", b.String())
				}
			})
		})
	}
}

// A relay that has had enough of a connection says so when the next letter begins, with
// words that would end a notice on a fresh one: they are not taken for an answer to it.
func TestKeptConnectionIsNotBelieved(t *testing.T) {
	for name, said := range map[string]string{
		"closing": "421 4.7.0 too many letters", "refused": "550 5.7.0 too many letters", "later": "452 4.5.3 too many letters",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{Weary: said}).Start(t)
				m := mailer(s)
				m.Keep = time.Minute
				for range 3 {
					if receipt, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil || len(receipt.Done) != 1 {
						t.Fatalf("Notify: %+v, %v", receipt, err)
					}
				}
				if s.Dialled != 3 || len(s.Taken()) != 3 {
					t.Errorf("%d connections, %d letters, want 3 and 3", s.Dialled, len(s.Taken()))
				}
				_ = m.Close()
			})
		})
	}
}
