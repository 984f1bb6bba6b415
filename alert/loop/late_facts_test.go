package loop_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// slowDisk is a journal on a disk that takes its time.
type slowDisk struct {
	*memory
	takes time.Duration
}

func (d slowDisk) Append(ctx context.Context, facts []alert.Fact) error {
	time.Sleep(d.takes)
	return d.memory.Append(ctx, facts)
}

// Lines that were on their way to the disk when a digest became due are a part of it:
// no server is told twice.
func TestSlowDiskTellsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy("ops")
		p.Digest = 5
		ops := newPhone()
		l, stop := running(t, engine.New(p, nil), slowDisk{newMemory(), 200 * time.Millisecond}, map[string]alert.Notifier{"ops": ops})
		for k := range 20 { // until shortly before and after the digest is due
			observe(t, l, down(t, fmt.Sprintf("be/s%02d", k)))
			time.Sleep(110 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		stop()
		close(ops.rang)
		told := map[string]int{}
		for d := range ops.rang {
			list, _, _ := strings.Cut(d.Notice.Body, "Log lines:") // which repeat the names
			for k := range 20 {
				if name := fmt.Sprintf("be/s%02d", k); strings.Contains(list, name) {
					told[name]++
				}
			}
		}
		for k := range 20 {
			if name := fmt.Sprintf("be/s%02d", k); told[name] != 1 {
				t.Errorf("%s is told %d times", name, told[name])
			}
		}
	})
}
