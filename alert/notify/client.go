package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// noProxy as a Proxy means: straight to the peer, whatever the environment says.
const noProxy = "none"

// Bounds of one exchange over HTTP.
const (
	// maxResponse is how many octets of an answer are read; the rest is not.
	maxResponse = 64 << 10
	// maxExcerpt is how many runes of an answer stand in an error.
	maxExcerpt = 200
	// maxRedirects is how often an answer may lead elsewhere on the same host.
	maxRedirects = 5
)

// Web is how a channel reaches its peer over HTTP (RFC 9110).
type Web struct {
	// Timeout bounds a whole exchange, redirects and the body of the answer included.
	// Zero is DefaultTimeout.
	Timeout Duration `toml:"timeout"`
	// Proxy is the URL of a proxy or "none"; empty takes HTTPS_PROXY and its like from
	// the environment.
	Proxy Secret `toml:"proxy"`
	TLSFiles
	// Trace gets each request and answer, without bodies and secrets; nil is silent.
	Trace io.Writer `toml:"-"`
	// Dial connects to the peer or the proxy; nil is net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error) `toml:"-"`
}

// TraceTo has each exchange told to out.
func (w *Web) TraceTo(out io.Writer) { w.Trace = &lockedWriter{out: out} }

// client is made for each exchange: a renewed certificate counts at once, no connection
// that went stale meanwhile makes a repeat, and nothing of it outlives ctx.
func (w *Web) client(ctx context.Context) (*http.Client, error) {
	config, err := w.tlsConfig()
	if err != nil {
		return nil, err
	}
	proxy, err := w.proxy()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy: proxy, TLSClientConfig: config, DisableKeepAlives: true, DisableCompression: true,
		MaxResponseHeaderBytes: maxResponse,
		DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			return w.connect(ctx, network, address)
		},
	}
	return &http.Client{Transport: transport, CheckRedirect: sameHost}, nil
}

// connect returns a connection that is closed when ctx ends. The transport would go on
// dialling and shaking hands for whoever comes next.
func (w *Web) connect(ctx context.Context, network, address string) (net.Conn, error) {
	dial := w.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, network, address)
	if err == nil {
		context.AfterFunc(ctx, func() { _ = conn.Close() })
	}
	return conn, err
}

func (w *Web) proxy() (func(*http.Request) (*url.URL, error), error) {
	switch w.Proxy {
	case "":
		return http.ProxyFromEnvironment, nil
	case noProxy:
		return nil, nil
	}
	at, err := url.Parse(string(w.Proxy))
	if err != nil {
		return nil, errors.New("read proxy: want a URL")
	}
	return http.ProxyURL(at), nil
}

// sameHost lets redirects lead elsewhere on the same host only, and never out of TLS:
// the notice and its token are for the peer that the configuration names.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case req.URL.Host != first.Host || req.URL.Scheme != first.Scheme:
		return fmt.Errorf("it redirects to %s://%s: want that in the configuration", req.URL.Scheme, oneLine(req.URL.Host, maxExcerpt))
	case req.Method != via[len(via)-1].Method:
		return errors.New("it redirects a POST to a GET: want the new address in the configuration")
	}
	return nil
}

// withoutURL takes the address, which may be a secret, out of an error.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return bare(e.Err)
	}
	return err
}

// tlsConfig returns what the peer's certificate is held against, and our own.
func (w *Web) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	return config, w.apply(config)
}
