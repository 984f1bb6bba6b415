package intake

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog/receive"
)

func TestTellLostTellsGrowthOnly(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	before := receive.Stats{Frames: 10, Dropped: 3, Refused: 1, Cut: 2, Bad: 4, TooMany: 5}
	tellLost(before, before, log)
	if out.Len() > 0 {
		t.Errorf("told of nothing new: %s", &out)
	}
	now := before
	now.Frames, now.Dropped, now.Bad = 100, 10, 5
	tellLost(before, now, log)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"count":7,"total":10`) || !strings.Contains(lines[0], "ERROR") {
		t.Errorf("told %q", lines)
	}
}

// told keeps what a leak tells.
type told []string

func (t *told) Lost(_ context.Context, _ string, lines int, _ time.Time, over bool) error {
	*t = append(*t, fmt.Sprint(lines, " over ", over))
	return nil
}

// A listener that loses lines is told once, and once more when it has lost none for long
// enough, with how many it lost in all.
func TestLeak(t *testing.T) {
	var got told
	l := NewLeak(&got, "udp://127.0.0.1:5514", time.Minute, false)
	now := time.Now()
	for _, look := range []struct {
		after   time.Duration
		dropped uint64
	}{{0, 0}, {10 * time.Second, 5}, {10 * time.Second, 9}, {30 * time.Second, 9}, {30 * time.Second, 9}, {time.Minute, 9}, {time.Minute, 12}} {
		now = now.Add(look.after)
		l.look(t.Context(), look.dropped, now)
	}
	if want := (told{"5 over false", "9 over true", "3 over false"}); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}

	got = nil
	NewLeak(&got, "", 0, false).look(t.Context(), 100, now)
	again := NewLeak(&got, "", time.Minute, true) // an earlier run said that it loses lines
	again.look(t.Context(), 0, time.Now().Add(time.Hour))
	if want := (told{"1 over true"}); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}
