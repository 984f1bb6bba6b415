package notifytest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// hookURL is where the peer of the tests is.
const HookURL = "http://hooks.example.net/s3cret"

// webPeer is a server over pipes, so that it lives in a bubble of synctest.
type WebPeer struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once

	mu     sync.Mutex
	Bodies []string
	Heads  []http.Header
	dialed []string
}

func StartWebPeer(t *testing.T, handler http.HandlerFunc) *WebPeer {
	t.Helper()
	p := &WebPeer{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.Bodies, p.Heads = append(p.Bodies, string(body)), append(p.Heads, r.Header)
		p.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body)) // for a handler that wants this one
		handler(w, r)
	})}
	go server.Serve(p) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return p
}

func (p *WebPeer) Dial(ctx context.Context, _, address string) (net.Conn, error) {
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
func (p *WebPeer) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *WebPeer) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *WebPeer) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// answering is a handler that gives one answer.
func Answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
