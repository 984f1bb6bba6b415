package mail

import (
	"crypto/x509"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert/notify/internal/notifytest"
)

func TestCheck(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(m *Mailer)
		want   []string // the beginnings of the faults
	}{
		"none":             {change: func(*Mailer) {}},
		"tls":              {change: func(m *Mailer) { m.TLS, m.Username, m.Password = TLSRequired, "u", "p" }},
		"everything empty": {change: func(m *Mailer) { *m = Mailer{} }, want: []string{"relays: want at least one", "from: want an address", "to: want at least one"}},
		"relays": {
			change: func(m *Mailer) {
				m.Relays = []string{"mx:25", "[::1]:25", "unix:/run/smtp", "mx", "mx:", ":25", "unix:", "::1:25", "mx:25"}
			},
			want: []string{`relays[3]: read relay "mx"`, `relays[4]: read relay "mx:"`, `relays[5]: `, `relays[6]: `, `relays[7]: `, "relays[8]: mx:25 stands there twice"},
		},
		"unix wants a name": {change: func(m *Mailer) { m.TLS, m.Relays = TLSRequired, []string{"unix:/run/smtp"} }, want: []string{"relays[0]: unix:/run/smtp: want server_name"}},
		"unix has a name":   {change: func(m *Mailer) { m.TLS, m.Relays, m.ServerName = TLSRequired, []string{"unix:/run/smtp"}, "mx" }},
		"addresses": {
			change: func(m *Mailer) {
				m.From.Address, m.To = "a@b\r\nBcc: c@d", []mail.Address{{Address: "ok@x.org"}, {Address: "bücher@x.org"}}
			},
			want: []string{"from: want an address", "to[1]: want ASCII"},
		},
		"no ca file":          {change: func(m *Mailer) { m.CAFile = empty + ".not" }, want: []string{"ca_file: read ca_file: open "}},
		"empty ca file":       {change: func(m *Mailer) { m.CAFile = empty }, want: []string{"ca_file: read ca_file " + empty + ": no PEM"}},
		"pool goes before":    {change: func(m *Mailer) { m.CAFile, m.RootCAs = empty, x509.NewCertPool() }},
		"password in clear":   {change: func(m *Mailer) { m.Username, m.Password = "u", "p" }, want: []string{"tls: want required or implicit, not none"}},
		"password, no name":   {change: func(m *Mailer) { m.Password = "p" }, want: []string{"username: want one beside"}},
		"name, no password":   {change: func(m *Mailer) { m.Username = "u" }, want: []string{"password: want one beside"}},
		"method, no name":     {change: func(m *Mailer) { m.Auth = AuthLogin }, want: []string{"username: want one for auth login"}},
		"method unknown":      {change: func(m *Mailer) { m.TLS, m.Username, m.Password, m.Auth = TLSImplicit, "u", "p", "ntlm" }, want: []string{"auth: read auth: want one of plain, login"}},
		"NUL in the password": {change: func(m *Mailer) { m.TLS, m.Username, m.Password = TLSImplicit, "u", "p\x00" }, want: []string{"password: want username and password without control"}},
		"mode unknown":        {change: func(m *Mailer) { m.TLS = 9 }, want: []string{"tls: unknown mode TLSMode(9)"}},
		"helo, timeout":       {change: func(m *Mailer) { m.Helo, m.Timeout = "a b", -time.Second }, want: []string{"helo: want a host name", "timeout: want more than 0"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := mailer(&notifytest.Script{})
			tt.change(m)
			faults := m.Check()
			if len(faults) != len(tt.want) {
				t.Fatalf("Check: %q, want %q", faults, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(faults[i].Error(), want) {
					t.Errorf("fault %d is %q, want %q ...", i, faults[i], want)
				}
			}
		})
	}
}

func TestModeText(t *testing.T) {
	for name, want := range map[string]TLSMode{
		"required": TLSRequired, "implicit": TLSImplicit, "opportunistic": TLSOpportunistic, "none": TLSNone,
	} {
		var m TLSMode
		if err := m.UnmarshalText([]byte(name)); err != nil || m != want {
			t.Errorf("read %q: %v, %v", name, m, err)
		}
		if text, err := want.MarshalText(); err != nil || string(text) != name {
			t.Errorf("write %v: %q, %v", want, text, err)
		}
	}
	err := new(TLSMode).UnmarshalText([]byte("starttls"))
	if err == nil || err.Error() != `read tls mode: want one of required, implicit, opportunistic, none, not "starttls"` {
		t.Errorf("read starttls: %v", err)
	}
}

func TestParseRelay(t *testing.T) {
	want := []relay{
		{network: "tcp", address: "mx.example.com:587", host: "mx.example.com"},
		{network: "tcp", address: "[::1]:25", host: "::1"},
		{network: "unix", address: "/run/smtp"},
	}
	for i, s := range []string{"mx.example.com:587", "[::1]:25", "unix:/run/smtp"} {
		got, err := parseRelay(s)
		if diff := cmp.Diff(want[i], got, cmp.AllowUnexported(relay{})); err != nil || diff != "" {
			t.Errorf("parseRelay(%q): %v (-want +got):\n%s", s, err, diff)
		}
	}
}

func TestRefuses(t *testing.T) {
	for code, want := range map[int]bool{
		250: false, 421: false, 450: false, 452: false, 500: false, 501: true, 502: false, 503: false, 504: false,
		521: true, 530: false, 534: false, 535: false, 538: false, 550: true, 552: true, 554: true, 555: true, 556: true,
	} {
		if got := refuses(describe(&smtp.SMTPError{Code: code})); got != want {
			t.Errorf("refuses(%d) = %t, want %t", code, got, want)
		}
	}
	if refuses(nil) || refuses(errTalkative) {
		t.Error("what is no answer is a refusal")
	}
}
