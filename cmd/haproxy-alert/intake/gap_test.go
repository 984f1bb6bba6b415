package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/syslog/follow"
)

// toldGaps keeps what a gap tells.
type toldGaps []string

func (t *toldGaps) Missed(_ context.Context, _ string, m alert.Miss, _ time.Time, over bool) error {
	*t = append(*t, fmt.Sprintf("%d times, %d bytes: %s, over %v", m.Times, m.Bytes, m.Cause, over))
	return nil
}

// Of a log lines are missing once, however often that happens, until none have been
// missed for long enough; then it is told how much was missed in all.
func TestGap(t *testing.T) {
	const path = "/var/log/haproxy.log"
	start := time.Now()
	play := func(g *gap) {
		for _, at := range []struct {
			after time.Duration
			miss  follow.Gap
		}{
			{0, follow.Gap{Cause: "first", Bytes: 5}},
			{20 * time.Second, follow.Gap{}},
			{50 * time.Second, follow.Gap{Cause: "second", Err: errors.New("cut off"), Bytes: 7}},
			{70 * time.Second, follow.Gap{}},
			{111 * time.Second, follow.Gap{}},
			{112 * time.Second, follow.Gap{}},
			{200 * time.Second, follow.Gap{Cause: "third", Err: errors.New("cut off")}},
		} {
			if at.miss.Cause != "" {
				g.missed(t.Context(), at.miss, start.Add(at.after))
			}
			g.look(t.Context(), start.Add(at.after))
		}
	}
	var got toldGaps
	play(newGap(&got, path, time.Minute, false))
	want := toldGaps{"1 times, 5 bytes: first, over false", "2 times, 12 bytes: first, over true", "1 times, 0 bytes: third: cut off, over false"}
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}

	got = nil
	play(newGap(&got, path, 0, false)) // nobody wants to know
	newGap(&got, path, time.Minute, true).look(t.Context(), time.Now().Add(time.Hour))
	if want := (toldGaps{"1 times, 0 bytes: , over true"}); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q: an earlier run said that lines are missing", got, want)
	}
}
