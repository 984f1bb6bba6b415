package interop_test

import (
	"fmt"
	"testing"
)

// resident is a process's memory, in bytes.
type resident struct{ peak, now int64 }

func (r resident) String() string {
	return fmt.Sprintf("%d MiB at its peak, %d MiB now", r.peak>>20, r.now>>20)
}

// memory is what the kernel says of the process.
func (p *process) memory(t *testing.T) resident {
	t.Helper()
	now, peak, err := p.Memory()
	if err != nil {
		t.Fatal(err)
	}
	return resident{peak: peak, now: now}
}

// check holds the peak against a bound; the race detector takes its own share.
func (r resident) check(t *testing.T, most int64) {
	t.Helper()
	if r.peak > most && !raceDetected() {
		t.Errorf("the daemon took %s, want at most %d MiB", r, most>>20)
	}
}
