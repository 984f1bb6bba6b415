package program

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the processor time, user and system, that the process has taken so far. It is
// that of all its threads, from clock_getcpuclockid(3).
func (p *Process) CPU() (time.Duration, error) {
	const scheduled = 2 // CPUCLOCK_SCHED
	var spent unix.Timespec
	if err := unix.ClockGettime(int32(^p.PID<<3|scheduled), &spent); err != nil {
		return 0, fmt.Errorf("read clock of %s: %w", p.Name, err)
	}
	return time.Duration(spent.Nano()), nil
}

// Memory is what the process has in memory, in bytes: now, and at its peak.
func (p *Process) Memory() (now, peak int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kB int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kB); err == nil {
			peak = kB << 10
		}
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kB); err == nil {
			now = kB << 10
		}
	}
	if now == 0 || peak == 0 {
		return 0, 0, fmt.Errorf("read memory of %s: no VmRSS and VmHWM", p.Name)
	}
	return now, peak, nil
}
