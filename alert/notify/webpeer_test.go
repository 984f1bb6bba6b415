package notify

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"haproxy-alert/alert"
)

// hookURL is where the peer of the tests is.
const hookURL = "http://hooks.example.net/s3cret"

// webPeer is a server over pipes, so that it lives in a bubble of synctest.
type webPeer struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once

	mu     sync.Mutex
	bodies []string
	heads  []http.Header
	dialed []string
}

func startWebPeer(t *testing.T, handler http.HandlerFunc) *webPeer {
	t.Helper()
	p := &webPeer{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.bodies, p.heads = append(p.bodies, string(body)), append(p.heads, r.Header)
		p.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body)) // for a handler that wants this one
		handler(w, r)
	})}
	go server.Serve(p) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return p
}

func (p *webPeer) dial(ctx context.Context, _, address string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	p.mu.Lock()
	p.dialed = append(p.dialed, address)
	p.mu.Unlock()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept, Close and Addr make it a net.Listener.
func (p *webPeer) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *webPeer) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *webPeer) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p *webPeer) web() Web { return Web{Dial: p.dial, Proxy: noProxy} }

// answering is a handler that gives one answer.
func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// webBench is the bench of a channel over HTTP.
func webBench(make func(Web) alert.Notifier) bench {
	return func(t *testing.T, f fault) (alert.Notifier, func() int) {
		stop := t.Context().Done()
		taken := 0
		p := startWebPeer(t, map[fault]http.HandlerFunc{
			healthy:   func(http.ResponseWriter, *http.Request) { taken++ },
			temporary: answering(http.StatusServiceUnavailable, "later"),
			permanent: answering(http.StatusUnprocessableEntity, "no such thing"),
			mute:      func(_ http.ResponseWriter, r *http.Request) { <-first(stop, r.Context().Done()) },
		}[f])
		web := p.web()
		web.Timeout = Duration(time.Hour)
		return make(web), func() int { return taken }
	}
}

// first is closed when one of both is.
func first(a, b <-chan struct{}) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		select {
		case <-a:
		case <-b:
		}
	}()
	return c
}

func execBench(t *testing.T, f fault) (alert.Notifier, func() int) {
	taken := filepath.Join(t.TempDir(), "taken")
	script := map[fault]string{
		healthy: "cat >>" + taken, temporary: "echo later >&2; exit 75", permanent: "exit 65", mute: "sleep 100 & sleep 100",
	}[f]
	return &Exec{Command: []string{"/bin/sh", "-c", script}, Timeout: Duration(time.Hour)}, func() int {
		text, _ := os.ReadFile(taken)
		return strings.Count(string(text), "\n")
	}
}
