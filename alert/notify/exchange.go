package notify

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// request is one POST or PUT of a channel. Target may hold a secret, so no error and no
// log shows more of it than the host.
type request struct {
	method string // empty is POST
	target string
	header http.Header
	body   []byte
	// secrets are those of the body. Those of target and header are known.
	secrets []Secret
	// attempt is set where a 400 is more likely about a setting than about this notice,
	// whose text cannot be wrong: it is then tried for mendTries attempts.
	attempt int
}

// do sends the request and returns the answer's body when it is not the wanted one: of
// one that takes the notice no more than the status is read. The error is
// alert.Permanent when the peer refused this very notice; see statusError.
func (w *Web) do(ctx context.Context, r request) ([]byte, error) {
	limit := cmp.Or(time.Duration(w.Timeout), DefaultTimeout)
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
	body, err := toJSON(v)
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
	hide hidden
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
		return nil, fmt.Errorf("make request to %s: %s", x.host, x.hide.in(withoutURL(err).Error()))
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
	return nil, errors.New(x.host + ": " + oneLine(x.hide.in(withoutURL(err).Error()), maxExcerpt))
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
		x.trace("%s %s: %s", way, oneLine(name, maxLine), oneLine(x.hide.in(value), maxExcerpt))
	}
}

// said is the beginning of an answer, as one line without secrets.
func (x exchange) said(body []byte) string { return oneLine(x.hide.in(string(body)), maxExcerpt) }

func (x exchange) trace(format string, args ...any) {
	if x.web.Trace != nil {
		fmt.Fprintf(x.web.Trace, format+"\n", args...)
	}
}
