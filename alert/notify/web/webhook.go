package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	words "haproxy-alert/alert/template"
)

// Webhook sends each notice as one request over HTTP, by default as the JSON of Payload.
type Webhook struct {
	notify.Settings
	// URL may hold a token: it stands in no error and no log.
	URL notify.Secret `toml:"url"`
	Web
	// Method is POST when empty.
	Method string `toml:"method"`
	// Headers are added to each request. X-HAProxy-Alert-Id, the notice's id, and
	// Idempotency-Key, the same, let a receiver know a repeat.
	Headers map[string]notify.Secret `toml:"headers"`
	// Body is a template (text/template) over Payload, with the function json; empty is
	// the JSON of Payload.
	Body string `toml:"body"`
	// Secret signs each request: X-HAProxy-Alert-Signature is "sha256=" and the HMAC-SHA256
	// in hex of X-HAProxy-Alert-Timestamp (unix seconds), a dot and the body.
	Secret notify.Secret `toml:"secret"`

	log    *slog.Logger
	failed string // how the template failed last; a Webhook sends one notice at a time
}

// Notifier returns the channel itself, which logs from then on.
func (w *Webhook) Notifier(log *slog.Logger) alert.Notifier {
	w.log = log
	return w
}

// Check returns the faults of the settings, each "key: cause".
func (w *Webhook) Check() []error {
	faults := append(checkURL("url", string(w.URL)), w.checkWeb()...)
	if !slices.Contains(methods, cmp.Or(w.Method, http.MethodPost)) {
		faults = append(faults, fmt.Errorf("method: want one of %s, not %q", strings.Join(methods, ", "), w.Method))
	}
	if bad := notify.Misnamed(w.Headers, isToken); len(bad) > 0 {
		faults = append(faults, fmt.Errorf("headers: %s is no name of a header", strings.Join(bad, " as well as ")))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		faults = append(faults, checkHeader(name, w.Headers[name])...)
	}
	if err := w.checkBody(); err != nil {
		faults = append(faults, fmt.Errorf("body: %s", words.Fault(err)))
	}
	return faults
}

// checkBody tries the template with every kind of notice, so that one that fails with a
// recovery is not found out at the first one.
func (w *Webhook) checkBody() error {
	t, err := w.template()
	if t == nil || err != nil {
		return err
	}
	for kind := alert.Problem; kind <= alert.Test; kind++ {
		n := alert.Notice{Kind: kind, Severity: alert.Normal}
		for _, parts := range [][]alert.Part{nil, {{Kind: kind, Closed: time.Unix(0, 0)}}} {
			n.Parts = parts
			if err := t.Execute(io.Discard, notify.PayloadOf(alert.Dispatch{Notice: n})); err != nil {
				return err
			}
		}
	}
	return nil
}

// methods are those that carry a body.
var methods = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// reserved are the headers that HTTP itself or we set.
var reserved = []string{
	"Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Expect", "Idempotency-Key", "User-Agent",
}

func checkHeader(name string, value notify.Secret) []error {
	canonical := http.CanonicalHeaderKey(name)
	switch {
	case !isToken(name):
		return nil // Check has said so
	case slices.Contains(reserved, canonical) || strings.HasPrefix(canonical, "X-Haproxy-Alert-"):
		return []error{fmt.Errorf("headers.%s: it is not for a configuration to set", name)}
	case !isFieldValue(string(value)):
		return []error{fmt.Errorf("headers.%s: want a value on one line", name)}
	}
	return nil
}

// Notify sends the notice once.
func (w *Webhook) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	body, err := w.render(d)
	if err != nil {
		return alert.Receipt{}, fmt.Errorf("webhook %s: %w", w.Name, err)
	}
	r := request{method: w.Method, target: string(w.URL), header: w.header(d, body), body: body}
	if _, err := w.do(ctx, r); err != nil {
		return alert.Receipt{}, fmt.Errorf("webhook %s: %w", w.Name, err)
	}
	return alert.Receipt{}, nil
}

// render makes the body. A template that fails at this point lends its place to the
// plain JSON, which says so: a notice always goes out.
func (w *Webhook) render(d alert.Dispatch) ([]byte, error) {
	p := notify.PayloadOf(d)
	t, err := w.template()
	if t == nil && err == nil {
		return notify.ToJSON(p)
	}
	var b bytes.Buffer
	if err == nil {
		err = t.Execute(&b, p)
	}
	if err == nil {
		w.failed = ""
		return b.Bytes(), nil
	}
	p.TemplateError = notify.OneLine(err.Error(), notify.MaxLine)
	w.tellFailed(p.TemplateError)
	return notify.ToJSON(p)
}

// tellFailed logs how the template failed, when that has changed.
func (w *Webhook) tellFailed(why string) {
	if w.log != nil && w.failed != why {
		w.log.Error("template of the channel failed, sent the plain notice", "channel", w.Name, "err", why)
	}
	w.failed = why
}

func (w *Webhook) template() (*template.Template, error) {
	if w.Body == "" {
		return nil, nil
	}
	return template.New("body").Funcs(template.FuncMap{"json": func(v any) (string, error) {
		text, err := notify.ToJSON(v)
		return string(text), err
	}}).Parse(w.Body)
}

func (w *Webhook) header(d alert.Dispatch, body []byte) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("X-HAProxy-Alert-Id", notify.OneLine(d.Notice.ID, notify.MaxLine))
	h.Set("Idempotency-Key", notify.OneLine(d.Notice.ID, notify.MaxLine))
	for name, value := range w.Headers {
		h.Set(name, string(value))
	}
	if w.Secret != "" {
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		h.Set("X-HAProxy-Alert-Timestamp", stamp)
		h.Set("X-HAProxy-Alert-Signature", "sha256="+w.signature(stamp, body))
	}
	return h
}

func (w *Webhook) signature(stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(w.Secret))
	io.Copy(mac, io.MultiReader(strings.NewReader(stamp+"."), bytes.NewReader(body))) //nolint:errcheck // a hash takes all
	return hex.EncodeToString(mac.Sum(nil))
}
