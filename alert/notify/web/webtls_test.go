package web

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// keyFile writes the authority's key, so that it can be a client, too.
func keyFile(t *testing.T, a notifytest.Authority) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(a.Server.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A real server on loopback: only the right authority is believed, and only who has a
// certificate is let in. What is wrong can be mended, so it is tried again.
func TestWebOverTLS(t *testing.T) {
	a, other := notifytest.NewAuthority(t), notifytest.NewAuthority(t)
	taken := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if text, err := io.ReadAll(r.Body); err == nil && strings.Contains(string(text), notifytest.Problem().ID) {
			taken++
		}
	}))
	server.TLS = &tls.Config{Certificates: a.Server.Certificates, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.Pool}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	key := keyFile(t, a)
	for name, tt := range map[string]struct {
		files notify.TLSFiles
		err   string
	}{
		"good":           {files: notify.TLSFiles{CAFile: a.File, CertFile: a.File, KeyFile: key}},
		"no certificate": {notify.TLSFiles{CAFile: a.File}, "certificate required"},
		"its authority":  {notify.TLSFiles{CAFile: other.File, CertFile: a.File, KeyFile: key}, "x509: "},
		"the system's":   {notify.TLSFiles{CertFile: a.File, KeyFile: key}, "x509: "},
		"a lost file":    {notify.TLSFiles{CAFile: a.File + ".gone"}, "read ca_file: "},
	} {
		t.Run(name, func(t *testing.T) {
			taken = 0
			w := &Webhook{URL: notify.Secret(server.URL + "/s3cret"), Web: Web{TLSFiles: tt.files}}
			_, err := w.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
			if tt.err == "" {
				if err != nil || taken != 1 {
					t.Errorf("Notify: %v, taken %d times", err, taken)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "s3cret") || alert.IsPermanent(err) || taken > 0 {
				t.Errorf("Notify: %v, taken %d times, want %q", err, taken, tt.err)
			}
		})
	}
}

// A proxy is asked for the peer, by CONNECT where TLS is, and its password stays out of errors.
func TestWebThroughProxy(t *testing.T) {
	a := notifytest.NewAuthority(t)
	peer := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	peer.TLS = a.Server
	peer.StartTLS()
	t.Cleanup(peer.Close)
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Host)
		if user, password, _ := parseProxyLogin(r); user != "u" || password != "s3cret" {
			http.Error(w, "who are you?", http.StatusProxyAuthRequired)
			return
		}
		tunnel(w, peer.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	at := strings.TrimPrefix(proxy.URL, "http://")
	for login, want := range map[string]string{"u:s3cret": "", "u:s3cret-not": "Proxy Authentication Required"} {
		s := &Slack{URL: "https://mx.example.com/hook", Web: Web{Proxy: notify.Secret("http://" + login + "@" + at), TLSFiles: notify.TLSFiles{CAFile: a.File}}}
		_, err := s.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") || alert.IsPermanent(err)) {
			t.Errorf("Notify: %v, want %q", err, want)
		}
	}
	if len(asked) != 2 || asked[0] != "CONNECT mx.example.com:443" {
		t.Errorf("the proxy was asked %q", asked)
	}
}

func parseProxyLogin(r *http.Request) (user, password string, ok bool) {
	login := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	return login.BasicAuth()
}

// tunnel joins the client with an address, as the answer to CONNECT.
func tunnel(w http.ResponseWriter, address string) {
	there, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(there, here)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
	_ = here.Close()
	<-done
}
