package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Bounds of one exchange over HTTP.
const (
	// maxResponse is how many octets of an answer are read; the rest is not.
	maxResponse = 64 << 10
	// maxExcerpt is how many runes of an answer stand in an error.
	maxExcerpt = 200
	// maxRedirects is how often an answer may lead elsewhere on the same host.
	maxRedirects = 5
	// idleConnections is how long a connection is kept for the next notice.
	idleConnections = 30 * time.Second
)

// Web is how a channel reaches its peer over HTTP (RFC 9110).
type Web struct {
	// Timeout bounds a whole exchange, redirects and the body of the answer included.
	// Zero is DefaultTimeout.
	Timeout Duration `toml:"timeout"`
	// Proxy is the URL of a proxy; empty takes HTTPS_PROXY and its like from the
	// environment.
	Proxy Secret `toml:"proxy"`
	TLSFiles
	// Trace gets one line for each request and answer, without secrets; nil is silent.
	Trace io.Writer `toml:"-"`
	// Dial connects to the peer or the proxy; nil is net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error) `toml:"-"`
}

// TraceTo has each exchange told to out.
func (w *Web) TraceTo(out io.Writer) { w.Trace = out }

// request is one POST or PUT of a channel. Target may hold a secret, so no error and no
// log shows more of it than the host.
type request struct {
	method string // empty is POST
	target string
	header http.Header
	body   []byte
	// mendable says that no answer refuses this very notice: what stands in it cannot be
	// wrong, so an operator can mend whatever the peer complains of.
	mendable bool
}

// do sends the request and returns the answer's body. The error is alert.Permanent when
// the peer refused this very notice; see refused.
func (w *Web) do(ctx context.Context, r request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(time.Duration(w.Timeout), DefaultTimeout))
	defer cancel()
	client, err := w.client()
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	host := hostOf(r.target)
	req, err := http.NewRequestWithContext(ctx, cmp.Or(r.method, http.MethodPost), r.target, bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("make request to %s: %w", host, withoutURL(err))
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "haproxy-alert")
	w.trace("> %s %s, %d octets", req.Method, host, len(r.body))
	resp, err := client.Do(req)
	if err != nil {
		err = fmt.Errorf("%s: %w", host, interrupted(ctx, withoutURL(err)))
		w.trace("< %v", err)
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	w.trace("< %d %s", resp.StatusCode, oneLine(string(body), maxExcerpt))
	if resp.StatusCode/100 == 2 {
		return body, nil // taken; what else it said does not matter
	}
	if err != nil {
		body = nil
	}
	return body, statusError(host, resp, body, r.mendable)
}

func (w *Web) trace(format string, args ...any) {
	if w.Trace != nil {
		fmt.Fprintf(w.Trace, format+"\n", args...)
	}
}

// client is made for each exchange, so a renewed certificate counts at once.
func (w *Web) client() (*http.Client, error) {
	config, err := w.tlsConfig()
	if err != nil {
		return nil, err
	}
	proxy := http.ProxyFromEnvironment
	if w.Proxy != "" {
		at, err := url.Parse(string(w.Proxy))
		if err != nil {
			return nil, errors.New("read proxy: want a URL")
		}
		proxy = http.ProxyURL(at)
	}
	transport := &http.Transport{
		Proxy: proxy, TLSClientConfig: config, ForceAttemptHTTP2: true, IdleConnTimeout: idleConnections,
		MaxResponseHeaderBytes: maxResponse, DialContext: w.Dial,
	}
	return &http.Client{Transport: transport, CheckRedirect: sameHost}, nil
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
		return e.Err
	}
	return err
}

// interrupted returns why ctx ended when it has.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// tlsConfig returns what the peer's certificate is held against, and our own.
func (w *Web) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	return config, w.apply(config)
}
