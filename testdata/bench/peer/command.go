package peer

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Cost is what a command took: by the clock on the wall, and of the processors, user and
// system, with all it started.
type Cost struct{ Wall, CPU time.Duration }

// A Command is a program that runs to its end.
type Command struct {
	Args []string
	Env  []string // added to the environment
	In   string   // file for its standard input; empty: none
}

// Shell is a pipeline.
func Shell(line string, args ...string) Command {
	return Command{Args: append([]string{"sh", "-c", line, "sh"}, args...)}
}

// Run runs it in a process group that ends with ctx, and returns what it wrote.
func (c Command) Run(ctx context.Context) (Cost, string, error) {
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Env = append(append(cmd.Environ(), "LC_ALL=C"), c.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.In != "" {
		f, err := os.Open(c.In)
		if err != nil {
			return Cost{}, "", err
		}
		defer f.Close()
		cmd.Stdin = f
	}
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return Cost{}, "", fmt.Errorf("run %s: %w: %s", filepath.Base(c.Args[0]), err, stderr.String())
	}
	spent := Cost{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	return spent, stdout.String(), nil
}
