package notify

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
)

// keyFile writes the authority's key, so that it can be a client, too.
func (a authority) keyFile(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(a.server.Certificates[0].PrivateKey)
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
	a, other := newAuthority(t), newAuthority(t)
	taken := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if text, err := io.ReadAll(r.Body); err == nil && strings.Contains(string(text), problem().ID) {
			taken++
		}
	}))
	server.TLS = &tls.Config{Certificates: a.server.Certificates, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	key := a.keyFile(t)
	for name, tt := range map[string]struct {
		files TLSFiles
		err   string
	}{
		"good":           {files: TLSFiles{CAFile: a.file, CertFile: a.file, KeyFile: key}},
		"no certificate": {TLSFiles{CAFile: a.file}, "certificate required"},
		"its authority":  {TLSFiles{CAFile: other.file, CertFile: a.file, KeyFile: key}, "x509: "},
		"the system's":   {TLSFiles{CertFile: a.file, KeyFile: key}, "x509: "},
		"a lost file":    {TLSFiles{CAFile: a.file + ".gone"}, "read ca_file: "},
	} {
		t.Run(name, func(t *testing.T) {
			taken = 0
			w := &Webhook{URL: Secret(server.URL + "/s3cret"), Web: Web{TLSFiles: tt.files}}
			_, err := w.Notify(t.Context(), dispatch(problem()))
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
	a := newAuthority(t)
	peer := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	peer.TLS = a.server
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
		s := &Slack{URL: "https://mx.example.com/hook", Web: Web{Proxy: Secret("http://" + login + "@" + at), TLSFiles: TLSFiles{CAFile: a.file}}}
		_, err := s.Notify(t.Context(), dispatch(problem()))
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
