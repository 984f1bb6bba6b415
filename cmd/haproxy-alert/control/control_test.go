package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/loop"
	routes "haproxy-alert/alert/route"
)

// controlled starts a loop on a journal of its own, in the state after some facts, and
// a control socket before it.
func controlled(t *testing.T, facts ...alert.Fact) (*Control, *Client) {
	t.Helper()
	dir := t.TempDir()
	j, _, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "journal")})
	if err != nil {
		t.Fatal(err)
	}
	policy := alert.Policy{Silences: []alert.Silence{{ID: "nightly", Until: time.Now().Add(time.Hour)}}}
	loop := &loop.Loop{State: engine.New(policy, nil), Journal: j, Log: slog.New(slog.DiscardHandler)}
	for _, f := range facts {
		loop.State.Apply(f)
	}
	path := filepath.Join(dir, "c.sock")
	c, err := OpenControl(path, loop, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serving, stopServing := context.WithCancel(t.Context())
	looping, stopLooping := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var errs [2]error
	wg.Go(func() { errs[0] = loop.Run(looping) })
	served := make(chan struct{})
	go func() {
		defer close(served)
		errs[1] = c.Run(serving)
	}()
	t.Cleanup(func() {
		stopServing()
		<-served
		stopLooping()
		wg.Wait()
		if err := errors.Join(errs[0], errs[1], j.Close()); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket file stays behind: %v", err)
		}
	})
	return c, NewClient(path)
}

// ask sends a request with any body and returns what comes back.
func (c *Client) ask(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://control"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestControlRefuses(t *testing.T) {
	_, daemon := controlled(t)
	later := time.Now().Add(time.Hour).Format(time.RFC3339)
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/silences", `{"proxy":"be","until":"` + later + `"}`, 201, `"proxy":"be"`},
		{"POST", "/silences", `{"proxy":"be"}`, 400, "want an end"},
		{"POST", "/silences", `{"until":"` + later + `"}`, 400, "want a proxy"},
		{"POST", "/silences", `{"proxy":"(","until":"` + later + `"}`, 400, "missing closing"},
		{"POST", "/silences", `{"proxy":"be","until":"2001-01-01T00:00:00Z","from":"2000-01-01T00:00:00Z"}`, 400, "still to come"},
		{"POST", "/silences", `{"proxy":"be","nonsense":1}`, 400, "unknown field"},
		{"POST", "/silences", `{"proxy":"` + strings.Repeat("a", maxControlBody) + `"}`, 400, "too large"},
		{"POST", "/silences", ``, 400, "EOF"},
		{"DELETE", "/silences/0123abcd", ``, 404, `no silence \"0123abcd\"`},
		{"DELETE", "/silences/nightly", ``, 409, "stands in the configuration"},
		{"PUT", "/silences", ``, 405, ""},
		{"GET", "/etc/passwd", ``, 404, ""},
		{"GET", "/silences", ``, 200, `"configured":true`},
	} {
		if status, text := daemon.ask(t, c.method, c.path, c.body); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s %s %.60s: %d %s; want %d with %q", c.method, c.path, c.body, status, text, c.status, c.says)
		}
	}
}

func TestControlIsBounded(t *testing.T) {
	c, daemon := controlled(t)
	for range maxControlRequests {
		c.slots <- struct{}{} // requests that do not end
	}
	if _, err := daemon.Silences(t.Context()); err == nil || !strings.Contains(err.Error(), "too many requests") {
		t.Errorf("list: %v", err)
	}
	<-c.slots
	if _, err := daemon.Silences(t.Context()); err != nil {
		t.Errorf("list with a free place: %v", err)
	}
	for len(c.slots) > 0 {
		<-c.slots
	}
}

func TestControlKeepsNoMoreThanMaxSilences(t *testing.T) {
	until := time.Now().Add(time.Hour)
	var facts []alert.Fact
	for k := range routes.MaxSilences - 2 {
		q := alert.Silence{ID: fmt.Sprint(k), Until: until}
		facts = append(facts, alert.Fact{Kind: alert.Operator, Time: time.Now(), Silence: q})
	}
	_, daemon := controlled(t, facts...)
	form := SilenceForm{Proxy: mustPattern(t, "be"), Until: until}
	for range 2 { // alike, but for the moment
		if _, err := daemon.Add(t.Context(), form); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := daemon.Add(t.Context(), form); err == nil || !strings.Contains(err.Error(), "1000 silences are kept already") {
		t.Errorf("one more: %v", err)
	}
	list, err := daemon.Silences(t.Context())
	if err != nil || len(list) != routes.MaxSilences+1 { // and that of the configuration
		t.Fatalf("%d silences, %v", len(list), err)
	}
	ids := map[string]bool{}
	for _, f := range list {
		ids[f.ID] = true
	}
	if len(ids) != len(list) {
		t.Errorf("%d ids for %d silences", len(ids), len(list))
	}
}

// A loop that does not answer, its disk hanging, holds nobody for ever.
func TestControlGivesUpOnAStuckLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Control{loop: &loop.Loop{}, log: slog.New(slog.DiscardHandler), slots: make(chan struct{}, maxControlRequests)}
		body := `{"proxy":"be","until":"2100-01-01T00:00:00Z"}`
		for _, r := range []*http.Request{
			httptest.NewRequest(http.MethodGet, "/silences", nil),
			httptest.NewRequest(http.MethodPost, "/silences", strings.NewReader(body)),
			httptest.NewRequest(http.MethodDelete, "/silences/x", nil),
		} {
			begin, w := time.Now(), httptest.NewRecorder()
			c.bounded(c.routes()).ServeHTTP(w, r.WithContext(t.Context()))
			if took := time.Since(begin); w.Code != http.StatusServiceUnavailable || took != controlTimeout {
				t.Errorf("%s: %d after %v", r.Method, w.Code, took)
			}
		}
	})
}

func TestControlSocketFile(t *testing.T) {
	dir := t.TempDir()
	open := func(name string) (*net.UnixListener, error) { return bindControl(filepath.Join(dir, name)) }

	l, err := open("live")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if info, err := os.Stat(filepath.Join(dir, "live")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := open("live"); err == nil || !strings.Contains(err.Error(), "another daemon answers there") {
		t.Errorf("beside a live one: %v", err)
	}

	stale, err := open("stale")
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false) // as after a crash
	stale.Close()
	again, err := open("stale")
	if err != nil {
		t.Fatalf("in place of a stale one: %v", err)
	}
	again.Close()

	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open("file"); err == nil {
		t.Error("a file that is no socket was taken for one")
	}
	if text, err := os.ReadFile(filepath.Join(dir, "file")); err != nil || !bytes.Equal(text, []byte("precious")) {
		t.Errorf("the file now holds %q, %v", text, err)
	}
	if _, err := open(strings.Repeat("x", maxSocketPath)); err == nil || !strings.Contains(err.Error(), "a socket's may have 107") {
		t.Errorf("a long path: %v", err)
	}
	if _, err := open("no/folder"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

func mustPattern(t *testing.T, expr string) alert.Pattern {
	t.Helper()
	p, err := alert.ParsePattern(expr)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
