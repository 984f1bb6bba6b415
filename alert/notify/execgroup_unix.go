//go:build unix

package notify

import (
	"os/exec"
	"syscall"
)

// inGroup gives the program a process group of its own, so that its end is the end of
// its children, too.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
