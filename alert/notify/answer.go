package notify

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"haproxy-alert/alert"
)

// statusError tells an answer that was not the wanted one.
func statusError(host string, resp *http.Response, body []byte, mendable bool) error {
	err := fmt.Errorf("%s: %d %s", host, resp.StatusCode, http.StatusText(resp.StatusCode))
	if said := oneLine(string(body), maxExcerpt); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	refusals := []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity}
	if !mendable && slices.Contains(refusals, resp.StatusCode) {
		return alert.Permanent(err) // it is about this notice; of all else an operator can mend it
	}
	if wait := retryAfter(resp.Header.Get("Retry-After"), time.Now()); wait > 0 {
		return laterError{err, wait}
	}
	return err
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
	if text == "" {
		return 0
	}
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), maxRetryAfter)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
