package notify

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"haproxy-alert/alert"
)

// Settings are what every channel has in a configuration.
type Settings struct {
	// Name is the channel's name, as it stands in the journal, in errors and in logs.
	Name string `toml:"name"`
	// Level is the least severity told.
	Level alert.Level `toml:"level"`
	// GiveUpAfter is how long a notice is tried; zero: as long as for all channels.
	GiveUpAfter Duration `toml:"give_up_after"`
	// Rate is how many notices it takes; zero: no limit.
	Rate alert.Rate `toml:"rate"`
}

// Common returns the settings that every channel has.
func (s *Settings) Common() *Settings { return s }

// misnamed returns the names of a table that do not fit, quoted. They go into one fault:
// they cannot stand in a key, and of one key no more than one fault is shown.
func Misnamed(table map[string]Secret, fits func(string) bool) []string {
	var bad []string
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !fits(name) {
			bad = append(bad, strconv.Quote(name))
		}
	}
	return bad
}

// DefaultTimeout bounds each step of a dialogue over SMTP, a whole exchange over HTTP, and
// a program, when the channel's own timeout is zero.
const DefaultTimeout = 10 * time.Second

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

// lockedWriter takes one write at a time: instances of one channel are told side by side.
type LockedWriter struct {
	mu  sync.Mutex
	Out io.Writer
}

func (w *LockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Out.Write(p)
}
