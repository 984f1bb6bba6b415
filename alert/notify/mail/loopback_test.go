package mail

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// letterbox is a go-smtp server's backend: what a server that is not ours takes.
type letterbox struct {
	mu      sync.Mutex
	letters []string
	to      []string
	login   string
}

type visit struct {
	box *letterbox
	to  []string
}

func (b *letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{box: b}, nil }

func (v *visit) Reset()                               { v.to = nil }
func (v *visit) Logout() error                        { return nil }
func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *visit) AuthMechanisms() []string             { return []string{sasl.Plain} }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "gone@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	v.box.letters = append(v.box.letters, string(text))
	v.box.to = append(v.box.to, v.to...)
	return err
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "hunter2" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bad credentials"}
		}
		v.box.mu.Lock()
		defer v.box.mu.Unlock()
		v.box.login = user
		return nil
	}), nil
}

// serve runs a go-smtp server on l until the test ends.
func (b *letterbox) serve(t testing.TB, l net.Listener, config *tls.Config) {
	t.Helper()
	server := smtp.NewServer(b)
	server.TLSConfig = config
	server.ErrorLog = log.New(io.Discard, "", 0)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func listen(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil && network == "tcp6" {
		t.Skip("no IPv6 here: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRealServer(t *testing.T) {
	a := notifytest.NewAuthority(t)
	tests := map[string]struct {
		mode    TLSMode
		network string
		login   bool
	}{
		"starttls, unix":      {TLSRequired, "unix", true},
		"starttls, tcp":       {TLSRequired, "tcp", true},
		"implicit, tcp":       {TLSImplicit, "tcp", true},
		"starttls, ipv6":      {TLSRequired, "tcp6", true},
		"opportunistic, tcp":  {TLSOpportunistic, "tcp", false},
		"none, unix":          {TLSNone, "unix", false},
		"none, first is away": {TLSNone, "tcp", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			address := "127.0.0.1:0"
			if tt.network == "tcp6" {
				address = "[::1]:0"
			}
			if tt.network == "unix" {
				address = filepath.Join(t.TempDir(), "smtp")
			}
			l := listen(t, tt.network, address)
			relay := l.Addr().String()
			if tt.network == "unix" {
				relay = "unix:" + relay
			}
			if tt.mode == TLSImplicit {
				l = tls.NewListener(l, a.Server)
			}
			box := &letterbox{}
			box.serve(t, l, a.Server)

			const away = "127.0.0.1:1" // a port that was free a moment ago may be somebody's now
			m := &Mailer{
				Name: "ops", Relays: []string{away, relay}, TLS: tt.mode, TLSFiles: notify.TLSFiles{CAFile: a.File},
				ServerName: "mx.example.com", From: notifytest.Addresses("alerts@example.com")[0],
				To: notifytest.Addresses("ops@example.com", "gone@example.com"),
			}
			if tt.login {
				m.Username, m.Password = "alerts", "hunter2"
			}
			if faults := m.Check(); len(faults) > 0 {
				t.Fatalf("Check: %v", faults)
			}
			receipt, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
			if err != nil {
				t.Fatal(err)
			}
			want := alert.Receipt{
				Done:    []string{"ops@example.com"},
				Refused: "relay " + relay + ": rcpt to gone@example.com: 550 5.1.1 no such user",
			}
			if diff := cmp.Diff(want, receipt); diff != "" {
				t.Errorf("receipt (-want +got):\n%s", diff)
			}
			if len(box.letters) != 1 || !strings.Contains(box.letters[0], "Message-ID: <9f86d081884c7d65.haproxy-alert@example.com>\r\n") {
				t.Errorf("the server took %q", box.letters)
			}
			if tt.login != (box.login == "alerts") {
				t.Errorf("logged in as %q", box.login)
			}
		})
	}
}

func TestRealServerWrongPassword(t *testing.T) {
	a := notifytest.NewAuthority(t)
	box := &letterbox{}
	l := listen(t, "tcp", "127.0.0.1:0")
	box.serve(t, l, a.Server)
	m := &Mailer{
		Name: "ops", Relays: []string{l.Addr().String()}, RootCAs: a.Pool, Username: "alerts", Password: "wrong",
		From: notifytest.Addresses("alerts@example.com")[0], To: notifytest.Addresses("ops@example.com"),
	}
	_, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
	checkError(t, err, "auth plain: 535 5.7.8 bad credentials")
}

// BenchmarkNotify is a letter to a relay on loopback, in clear.
func BenchmarkNotify(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := smtp.NewServer(&letterbox{})
	go func() { _ = server.Serve(l) }()
	b.Cleanup(func() { server.Close() })
	m := &Mailer{
		Name: "ops", Relays: []string{l.Addr().String()}, TLS: TLSNone,
		From: notifytest.Addresses("alerts@example.com")[0], To: notifytest.Addresses("ops@example.com"),
	}
	for b.Loop() {
		if _, err := m.Notify(b.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			b.Fatal(err)
		}
	}
}

// A burst of notices over loopback and TLS, with a connection each and over one that is
// kept.
func BenchmarkBurst(b *testing.B) {
	for name, keep := range map[string]time.Duration{"fresh": 0, "kept": time.Minute} {
		b.Run(name, func(b *testing.B) {
			a := notifytest.NewAuthority(b)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			(&letterbox{}).serve(b, l, a.Server)
			m := &Mailer{
				Name: "ops", Relays: []string{l.Addr().String()}, TLSFiles: notify.TLSFiles{CAFile: a.File}, ServerName: "mx.example.com",
				From: notifytest.Addresses("alerts@example.com")[0], To: notifytest.Addresses("ops@example.com"), Keep: keep,
				Username: "alerts", Password: "hunter2",
			}
			defer m.Close()
			for b.Loop() {
				if _, err := m.Notify(b.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
