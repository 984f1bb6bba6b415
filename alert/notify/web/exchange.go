package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// request is one POST or PUT of a channel. Target may hold a secret, so no error and no
// log shows more of it than the host.
type request struct {
	method string // empty is POST
	target string
	header http.Header
	body   []byte
	// secrets are those of the body. Those of target and header are known.
	secrets []notify.Secret
	// attempt is set where a 400 is more likely about a setting than about this notice,
	// whose text cannot be wrong: it is then tried for mendTries attempts.
	attempt int
}

// do sends the request and returns the answer's body when it is not the wanted one: of
// one that takes the notice no more than the status is read. The error is
// alert.Permanent when the peer refused this very notice; see statusError.
func (w *Web) do(ctx context.Context, r request) ([]byte, error) {
	limit := cmp.Or(time.Duration(w.Timeout), notify.DefaultTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	x := exchange{w, r, hiddenIn(r, w.Proxy), hostOf(r.target)}
	resp, err := x.send(ctx)
	if err != nil {
		x.trace("< %v", err)
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		x.traceAnswer(resp, nil)
		return nil, nil // taken; what else it says does not matter
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxResponse)) // the status says enough
	x.traceAnswer(resp, body)
	return body, x.statusError(resp, body)
}

// post is do with a value, as JSON, for a body.
func (w *Web) post(ctx context.Context, r request, v any) ([]byte, error) {
	body, err := notify.ToJSON(v)
	if err != nil {
		return nil, err
	}
	if r.body = body; r.header == nil {
		r.header = jsonHeader()
	}
	return w.do(ctx, r)
}

// exchange is one request on its way.
type exchange struct {
	web  *Web
	r    request
	hide notify.Hidden
	host string
}

// send returns the answer, its body unread.
func (x exchange) send(ctx context.Context) (*http.Response, error) {
	client, err := x.web.client(ctx)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, cmp.Or(x.r.method, http.MethodPost), x.r.target, bytes.NewReader(x.r.body))
	if err != nil {
		return nil, fmt.Errorf("make request to %s: %s", x.host, x.hide.Mask(withoutURL(err).Error()))
	}
	maps.Copy(req.Header, x.r.header)
	req.Header.Set("User-Agent", "haproxy-alert")
	x.traceRequest(req)
	resp, err := client.Do(req)
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", x.host, context.Cause(ctx))
	}
	// The text alone: what it wraps knows the address.
	return nil, errors.New(x.host + ": " + notify.OneLine(x.hide.Mask(withoutURL(err).Error()), notify.MaxExcerpt))
}

func (x exchange) traceRequest(req *http.Request) {
	x.trace("> %s %s://%s/***", req.Method, req.URL.Scheme, req.URL.Host)
	x.traceHeader(">", req.Header)
	x.trace("> (%d octets of body)", len(x.r.body))
}

func (x exchange) traceAnswer(resp *http.Response, body []byte) {
	x.trace("< %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	x.traceHeader("<", resp.Header)
	if said := x.said(body); said != "" {
		x.trace("< %s", said)
	}
}

// traceHeader tells the fields of a header in the order of their names.
func (x exchange) traceHeader(way string, header http.Header) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		value := strings.Join(header[name], ", ")
		if way == ">" && !isShown(name) || name == "Set-Cookie" {
			value = "***"
		}
		x.trace("%s %s: %s", way, notify.OneLine(name, notify.MaxLine), notify.OneLine(x.hide.Mask(value), notify.MaxExcerpt))
	}
}

// said is the beginning of an answer, as one line without secrets.
func (x exchange) said(body []byte) string {
	return notify.OneLine(x.hide.Mask(string(body)), notify.MaxExcerpt)
}

func (x exchange) trace(format string, args ...any) {
	if x.web.Trace != nil {
		fmt.Fprintf(x.web.Trace, format+"\n", args...)
	}
}

// mendTries is how often a notice is tried that a service calls bad, when what is bad may
// as well be a key, a topic or a chat of the configuration: for some twenty minutes, in
// which somebody can mend it. For ever would hold up all that comes after it.
const mendTries = 12

// statusError tells an answer that was not the wanted one.
func (x exchange) statusError(resp *http.Response, body []byte) error {
	err := fmt.Errorf("%s: %d %s", x.host, resp.StatusCode, http.StatusText(resp.StatusCode))
	if said := x.said(body); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	if x.refuses(resp.StatusCode) {
		return alert.Permanent(err)
	}
	if wait := retryAfter(resp.Header.Get("Retry-After"), time.Now()); wait > 0 {
		return laterError{err, wait}
	}
	return err
}

// refuses reports whether a status refuses this very notice for good. Of all others an
// operator can mend it.
func (x exchange) refuses(status int) bool {
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	case http.StatusBadRequest:
		return x.r.attempt == 0 || x.r.attempt >= mendTries
	}
	return false
}

// laterError carries how long the peer asks to wait.
type laterError struct {
	error
	wait time.Duration
}

func (e laterError) RetryAfter() time.Duration { return e.wait }

func (e laterError) Unwrap() error { return e.error }

// retryAfter reads the header of that name: seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), alert.MaxRetryAfter)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return seconds(n)
}

// seconds is bounded before any arithmetic could go round.
func seconds(n uint64) time.Duration {
	return time.Duration(min(n, uint64(alert.MaxRetryAfter/time.Second))) * time.Second
}

// hiddenIn returns what is secret in a request to a peer: its address but for the host,
// the values of all headers that are not ours, and more.
func hiddenIn(r request, proxy notify.Secret) notify.Hidden {
	var h notify.Hidden
	for _, address := range []string{r.target, string(proxy)} {
		h = append(h, inAddress(address)...)
	}
	for name, values := range r.header {
		if isShown(name) {
			continue
		}
		for _, v := range values {
			h = append(h, v)
			h = append(h, strings.Fields(v)...) // the token without "Bearer"
		}
	}
	for _, s := range r.secrets {
		h = append(h, string(s))
	}
	h = slices.DeleteFunc(h, func(s string) bool { return len(s) < notify.MinHidden })
	slices.SortFunc(h, func(a, b string) int { return len(b) - len(a) })
	return h
}

// inAddress returns the parts of an address that may be secret, as they are and as they
// are written there.
func inAddress(address string) notify.Hidden {
	u, err := url.Parse(address)
	if err != nil {
		return notify.Hidden{address}
	}
	h := notify.Hidden{u.RawQuery, u.Fragment}
	if password, ok := u.User.Password(); ok {
		h = append(h, u.User.String(), password)
	}
	for _, values := range u.Query() {
		h = append(h, values...)
	}
	for _, path := range []string{u.Path, u.EscapedPath()} {
		h = append(h, path)
		h = append(h, strings.Split(path, "/")...)
	}
	return h
}

// isShown reports whether a header's value is no secret.
func isShown(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return slices.Contains([]string{"Content-Type", "User-Agent", "Idempotency-Key"}, name) ||
		strings.HasPrefix(name, "X-Haproxy-Alert-")
}
