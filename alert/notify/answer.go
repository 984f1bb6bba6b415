package notify

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"haproxy-alert/alert"
)

// maxRetryAfter bounds how long a peer may ask to be left alone.
const maxRetryAfter = time.Hour

// statusError tells an answer that was not the wanted one.
func (x exchange) statusError(resp *http.Response, body []byte) error {
	err := fmt.Errorf("%s: %d %s", x.host, resp.StatusCode, http.StatusText(resp.StatusCode))
	if said := x.said(body); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	refusals := []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity}
	if !x.r.mendable && slices.Contains(refusals, resp.StatusCode) {
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
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), maxRetryAfter)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return seconds(n)
}

// seconds is bounded before any arithmetic could go round.
func seconds(n uint64) time.Duration {
	return time.Duration(min(n, uint64(maxRetryAfter/time.Second))) * time.Second
}
