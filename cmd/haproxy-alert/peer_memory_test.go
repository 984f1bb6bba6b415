package main_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// resident is a process's memory, in bytes.
type resident struct{ peak, now int }

func (r resident) String() string {
	return fmt.Sprintf("%d MiB at its peak, %d MiB now", r.peak>>20, r.now>>20)
}

// memory reads what the kernel says of the process (proc_pid_status(5)).
func (p *process) memory(t *testing.T) resident {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	var r resident
	for line := range strings.Lines(string(status)) {
		var kB int
		switch {
		case !strings.HasPrefix(line, "Vm"):
		case scans(line, "VmHWM: %d kB", &kB):
			r.peak = kB << 10
		case scans(line, "VmRSS: %d kB", &kB):
			r.now = kB << 10
		}
	}
	return r
}

func scans(line, format string, into *int) bool {
	_, err := fmt.Sscanf(line, format, into)
	return err == nil
}

// check holds the peak against a bound; the race detector takes its own share.
func (r resident) check(t *testing.T, most int) {
	t.Helper()
	if r.peak > most && !raceDetected() {
		t.Errorf("the daemon took %s, want at most %d MiB", r, most>>20)
	}
}
