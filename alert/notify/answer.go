package notify

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"haproxy-alert/alert"
)

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
