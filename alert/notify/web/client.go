package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"haproxy-alert/alert/notify"
)

// noProxy as a Proxy means: straight to the peer, whatever the environment says.
const noProxy = "none"

// Bounds of one exchange over HTTP.
const (
	// maxResponse is how many octets of an answer are read; the rest is not.
	maxResponse = 64 << 10
	// maxRedirects is how often an answer may lead elsewhere on the same host.
	maxRedirects = 5
)

// Web is how a channel reaches its peer over HTTP (RFC 9110).
type Web struct {
	// Timeout bounds a whole exchange, redirects and the body of the answer included.
	// Zero is DefaultTimeout.
	Timeout notify.Duration `toml:"timeout"`
	// Proxy is the URL of a proxy or "none"; empty takes HTTPS_PROXY and its like from
	// the environment.
	Proxy notify.Secret `toml:"proxy"`
	notify.TLSFiles
	// Trace gets each request and answer, without bodies and secrets; nil is silent.
	Trace io.Writer `toml:"-"`
	// Dial connects to the peer or the proxy; nil is net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error) `toml:"-"`
}

// TraceTo has each exchange told to out.
func (w *Web) TraceTo(out io.Writer) { w.Trace = &notify.LockedWriter{Out: out} }

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
		return fmt.Errorf("it redirects to %s://%s: want that in the configuration", req.URL.Scheme, notify.OneLine(req.URL.Host, notify.MaxExcerpt))
	case req.Method != via[len(via)-1].Method:
		return errors.New("it redirects a POST to a GET: want the new address in the configuration")
	}
	return nil
}

// withoutURL takes the address, which may be a secret, out of an error.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return notify.Bare(e.Err)
	}
	return err
}

// tlsConfig returns what the peer's certificate is held against, and our own.
func (w *Web) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	return config, w.Apply(config)
}

// hostOf is all that is shown of an address.
func hostOf(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return "its address"
	}
	return u.Host
}

// checkURL reports what is wrong with an address, without showing it.
func checkURL(key, text string) []error {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return []error{fmt.Errorf("%s: want an address such as https://example.net/hook", key)}
	case err != nil: // its text shows some of the address
		return []error{fmt.Errorf("%s: it is no address such as https://example.net/hook", key)}
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return []error{fmt.Errorf("%s: want http:// or https:// and a host", key)}
	}
	return nil
}

// checkWeb returns the faults of the settings.
func (w *Web) checkWeb() (faults []error) {
	if w.Proxy != "" && w.Proxy != noProxy {
		faults = append(faults, checkURL("proxy", string(w.Proxy))...)
	}
	if w.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: want more than 0, not %s", w.Timeout))
	}
	return append(faults, w.CheckFiles()...)
}

var httpToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// isToken reports whether s may be a method or the name of a header (RFC 9110 section 5.6.2).
func isToken(s string) bool { return httpToken.MatchString(s) }

// isFieldValue reports whether s may be the value of a header (RFC 9110 section 5.5):
// ASCII on one line.
func isFieldValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f })
}

// checkToken reports a token that fits into no header.
func checkToken(key string, token notify.Secret) []error {
	if isFieldValue(string(token)) {
		return nil
	}
	return []error{fmt.Errorf("%s: want a token on one line", key)}
}

// jsonHeader is the header of a request whose body is JSON.
func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// bearer is the header of a JSON request with a token (RFC 6750), if there is one.
func bearer(token notify.Secret) http.Header {
	h := jsonHeader()
	if token != "" {
		h.Set("Authorization", "Bearer "+string(token))
	}
	return h
}
