package was

import (
	"encoding/binary"
	"time"
)

// The waits between attempts double from RetryFirst to RetryMost.
const (
	RetryFirst = time.Second
	RetryMost  = 5 * time.Minute
)

// MaxRetryAfter bounds how long a peer may ask us to wait.
const MaxRetryAfter = time.Hour

// RetryWait returns how long to wait after the given failed attempt, counted
// from 1, of a notice. Up to a fifth is taken off by a jitter that depends on the
// notice and the attempt alone, so live, restart and replay agree while many
// notices do not come back in step.
func RetryWait(notice string, attempt int) time.Duration {
	wait := RetryMost
	if doublings := max(attempt, 1) - 1; doublings < 16 {
		wait = min(RetryMost, RetryFirst<<doublings)
	}
	sum := digest(notice, "retry", attempt)
	return wait - time.Duration(binary.BigEndian.Uint64(sum[:8])%uint64(wait/5))
}
