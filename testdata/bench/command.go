package main

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

// cost is what a command took: by the clock on the wall, and of the processors, user and
// system, with all it started.
type cost struct{ wall, cpu time.Duration }

// command is a program that runs to its end.
type command struct {
	args []string
	env  []string
	in   string // file for its standard input; empty: none
}

// shell is a pipeline.
func shell(line string, args ...string) command {
	return command{args: append([]string{"sh", "-c", line, "sh"}, args...)}
}

// run runs it in a process group that ends with ctx, and returns what it wrote.
func (c command) run(ctx context.Context) (cost, string, error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Env = append(append(cmd.Environ(), "LC_ALL=C"), c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.in != "" {
		f, err := os.Open(c.in)
		if err != nil {
			return cost{}, "", err
		}
		defer f.Close()
		cmd.Stdin = f
	}
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, "", fmt.Errorf("run %s: %w: %s", filepath.Base(c.args[0]), err, stderr.String())
	}
	spent := cost{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	return spent, stdout.String(), nil
}
