package notify

import (
	"fmt"
	"strings"
	"time"
)

// Duration is a time in a configuration: "2s", "1m30s", "12h", "7d". A bare
// number is refused: nobody can tell its unit, and toml would read nanoseconds.
type Duration time.Duration

// UnmarshalText reads "90s", "1h30m" or whole days as "7d".
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days+"\n", "%d\n", &n); err == nil && n >= 0 && n < 36500 {
			*d = Duration(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf(`want a time with its unit, such as "10s" or "5m", not %q`, s)
	}
	*d = Duration(v)
	return nil
}

// String writes the time as Go does.
func (d Duration) String() string { return time.Duration(d).String() }
