package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// maxControlAnswer bounds what is read of an answer: every silence there may be, at
// the longest a request can make it.
const maxControlAnswer = 64 << 20

// Client talks to the control socket of the running daemon.
type Client struct {
	path string
	http http.Client
}

// NewClient asks the daemon behind a control socket.
func NewClient(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &Client{path, http.Client{
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true},
		Timeout:   2 * controlTimeout, // the daemon answers earlier, and knows why
	}}
}

// Silences lists the silences in force or to come.
func (c *Client) Silences(ctx context.Context) ([]SilenceForm, error) {
	var list silenceList
	err := c.do(ctx, http.MethodGet, "/silences", nil, &list)
	return list.Silences, err
}

// Add begins a silence and returns it as the daemon keeps it.
func (c *Client) Add(ctx context.Context, f SilenceForm) (SilenceForm, error) {
	var kept SilenceForm
	err := c.do(ctx, http.MethodPost, "/silences", f, &kept)
	return kept, err
}

// Expire ends a silence.
func (c *Client) Expire(ctx context.Context, id string) error {
	return c.do(ctx, http.MethodDelete, "/silences/"+url.PathEscape(id), nil, nil)
}

// Status asks how things are.
func (c *Client) Status(ctx context.Context) (StatusReport, error) {
	var r StatusReport
	err := c.do(ctx, http.MethodGet, "/status", nil, &r)
	return r, err
}

// do makes one request; the error of an answer is what the daemon said.
func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://control"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(err)
	}
	defer response.Body.Close()
	answer := json.NewDecoder(io.LimitReader(response.Body, maxControlAnswer))
	if response.StatusCode >= http.StatusBadRequest {
		return refused(response, answer)
	}
	if into == nil {
		return nil
	}
	if err := answer.Decode(into); err != nil {
		return fmt.Errorf("read answer of %s: %w", c.path, err)
	}
	return nil
}

func refused(response *http.Response, answer *json.Decoder) error {
	var said refusal
	if err := answer.Decode(&said); err != nil || said.Error == "" {
		return fmt.Errorf("the daemon answers %s", response.Status)
	}
	return errors.New(said.Error)
}

// unreachable says what an operator can do about a daemon that does not answer.
func (c *Client) unreachable(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no daemon is running: nobody listens on %s (is it the configuration that serve runs with?)", c.path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("ask the daemon: %w (the socket is for its user and root)", err)
	}
	return fmt.Errorf("ask the daemon: %w", err)
}
