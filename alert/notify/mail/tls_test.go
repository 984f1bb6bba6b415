package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

func TestTLSModes(t *testing.T) {
	tests := map[string]struct {
		mode     TLSMode
		offered  bool // STARTTLS
		implicit bool
		trusted  bool
		err      string // part of the error; empty for success
		mail     string // how the MAIL command came
		dialled  int
	}{
		"required":                        {mode: TLSRequired, offered: true, trusted: true, mail: "tls MAIL", dialled: 1},
		"required, not offered":           {mode: TLSRequired, err: "starttls: smtp: server doesn't support STARTTLS (tls is required)", dialled: 1},
		"required, certificate unknown":   {mode: TLSRequired, offered: true, err: "tls handshake: tls: failed to verify certificate", dialled: 1},
		"implicit":                        {mode: TLSImplicit, implicit: true, trusted: true, mail: "tls MAIL", dialled: 1},
		"implicit, certificate unknown":   {mode: TLSImplicit, implicit: true, err: "tls handshake: tls: failed to verify certificate", dialled: 1},
		"implicit against clear text":     {mode: TLSImplicit, err: "tls handshake: ", dialled: 1},
		"opportunistic":                   {mode: TLSOpportunistic, offered: true, mail: "tls MAIL", dialled: 2},
		"opportunistic, not offered":      {mode: TLSOpportunistic, mail: "MAIL", dialled: 1},
		"none, although STARTTLS offered": {mode: TLSNone, offered: true, mail: "MAIL", dialled: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := notifytest.NewAuthority(t)
				s := (&notifytest.Script{Implicit: tt.implicit}).Start(t)
				m := mailer(s)
				m.TLS, m.RootCAs = tt.mode, x509.NewCertPool()
				if tt.offered || tt.implicit {
					s.TLS = a.Server
				}
				if tt.trusted {
					m.RootCAs = a.Pool
				}
				_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				checkError(t, err, tt.err)
				if tt.mail == "" && len(s.Seen("MAIL"))+len(s.Seen("tls MAIL")) > 0 || tt.mail != "" && len(s.Seen(tt.mail)) != 1 {
					t.Errorf("the relay saw %q, want one %q", s.Commands, tt.mail)
				}
				if s.Dialled != tt.dialled {
					t.Errorf("dialled %d times, want %d", s.Dialled, tt.dialled)
				}
			})
		})
	}
}

// checkError wants an error that holds text and is not permanent, or none.
func checkError(t *testing.T, err error, text string) {
	t.Helper()
	switch {
	case text == "" && err != nil:
		t.Errorf("Notify: %v", err)
	case text != "" && (err == nil || !strings.Contains(err.Error(), text)):
		t.Errorf("Notify: %v, want ... %s ...", err, text)
	case alert.IsPermanent(err):
		t.Errorf("Notify: %v, want it tried again", err)
	}
}

func TestCertificateName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := notifytest.NewAuthority(t)
		s := (&notifytest.Script{TLS: a.Server}).Start(t)
		m := mailer(s)
		m.TLS, m.CAFile = TLSRequired, a.File
		m.Relays = []string{"other.example.com:25"}
		_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok || alert.IsPermanent(err) {
			t.Errorf("Notify: %v, want a certificate error to be tried again", err)
		}
		m.ServerName = "mx.example.com"
		_, err = m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		checkError(t, err, "")
	})
}

func TestAuth(t *testing.T) {
	const secret = "hunter2 and more"
	tests := map[string]struct {
		mode    TLSMode
		method  AuthMethod
		offered string
		answer  string
		err     string
		seen    string // a command the relay saw
	}{
		"best is plain":        {offered: "LOGIN PLAIN", seen: "tls AUTH PLAIN " + encode("\x00alerts\x00"+secret)},
		"best of login":        {offered: "CRAM-MD5 LOGIN", seen: "LOGIN " + secret},
		"login wanted":         {offered: "PLAIN LOGIN", method: AuthLogin, seen: "LOGIN alerts"},
		"wanted, not offered":  {offered: "PLAIN", method: AuthLogin, err: `auth: relay offers "PLAIN": want login`},
		"nothing we know":      {offered: "GSSAPI XOAUTH2", err: `auth: relay offers "GSSAPI XOAUTH2": want plain, login, cram-md5`},
		"nothing at all":       {err: `auth: relay offers "": want plain, login, cram-md5`},
		"best of cram-md5":     {offered: "GSSAPI CRAM-MD5", seen: "CRAM-MD5 alerts d78289331e2d0d74082fe0bcc3e9a058"},
		"token":                {offered: "PLAIN XOAUTH2", method: AuthXOAuth2, seen: "tls AUTH XOAUTH2 " + encode("user=alerts\x01auth=Bearer "+secret+"\x01\x01")},
		"token refused":        {offered: "XOAUTH2", method: AuthXOAuth2, answer: "535 5.7.8 expired", err: "auth xoauth2: 535 5.7.8 expired", seen: "XOAUTH2 "},
		"token echoed":         {offered: "XOAUTH2", method: AuthXOAuth2, answer: "535 5.7.8 not " + encode("user=alerts\x01auth=Bearer "+secret+"\x01\x01"), err: "auth xoauth2: 535 5.7.8 (its text is not shown"},
		"wrong password":       {offered: "PLAIN", answer: "535 5.7.8 bad credentials", err: "auth plain: 535 5.7.8 bad credentials"},
		"password echoed":      {offered: "PLAIN", answer: "535 5.7.8 not " + secret, err: "auth plain: 535 5.7.8 (its text is not shown"},
		"answer echoed":        {offered: "LOGIN", answer: "535 5.7.8 not " + encode(secret), err: "auth login: 535 5.7.8 (its text is not shown"},
		"command echoed":       {offered: "PLAIN", answer: "500 5.5.1 unknown: " + encode("\x00alerts\x00" + secret)[:20], err: "auth plain: 500 5.5.1 (its text is not shown"},
		"never unverified":     {mode: TLSOpportunistic, offered: "PLAIN", err: "auth: want tls required or implicit, not opportunistic"},
		"never in clear":       {mode: TLSNone, offered: "PLAIN", err: "auth: want tls required or implicit, not none"},
		"login, refused twice": {offered: "LOGIN", answer: "454 4.7.0 later", err: "auth login: 454 4.7.0 later"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := (&notifytest.Script{}).Start(t)
				if tt.answer != "" {
					s.Answers = map[string]string{"AUTH": tt.answer}
				}
				m := secureMailer(t, s)
				s.Auth = tt.offered
				m.TLS, m.Auth, m.Password = tt.mode, tt.method, notify.SecretRef(secret)
				_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
				checkError(t, err, tt.err)
				if tt.err != "" && len(s.Taken()) > 0 {
					t.Error("the relay took a letter without a login")
				}
				if tt.seen != "" && len(s.Seen(tt.seen)) != 1 {
					t.Errorf("the relay saw %q, want one %q", s.Commands, tt.seen)
				}
				if clear := append(s.Seen("AUTH"), s.Seen("LOGIN alerts")...); tt.mode != TLSRequired && len(clear) > 0 {
					t.Errorf("a login in clear or to a stranger: %q", clear)
				}
				if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), encode("\x00alerts\x00" + secret)[:20])) {
					t.Errorf("the error tells the password: %v", err)
				}
			})
		})
	}
}

// RFC 2195 section 2.
func TestCramMD5(t *testing.T) {
	c := &cramClient{"tim", "tanstaaftanstaaf"}
	got, err := c.Next([]byte("<1896.697170952@postoffice.reston.mci.net>"))
	if err != nil || string(got) != "tim b913a602c7eda7a495b4e6e7334d3890" {
		t.Errorf("%s, %v", got, err)
	}
}

// A token that was renewed counts at once.
func TestSecretIsReadAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	var ref notify.SecretRef
	if err := ref.UnmarshalText([]byte("file:" + file)); err == nil {
		t.Error("a file that is not there is taken")
	}
	for _, want := range []string{"first", "second"} {
		if err := os.WriteFile(file, []byte(want+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ref.Read(); err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", string(got), err, want)
		}
	}
	if text := fmt.Sprintf("%v %#v", notify.SecretRef("hunter2"), notify.SecretRef("hunter2")); strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}
