package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// A Command is what is to run.
type Command struct {
	Path string
	Args []string
	// Env is added to the environment.
	Env []string
	// Files are handed on, from descriptor 3 on.
	Files []*os.File
}

// A Process is a running program.
type Process struct {
	Name string
	PID  int
	// Began is when it was started.
	Began time.Time
	// Out is what it writes, to either output.
	Out Output
	// Ended is closed once it has ended and Err is set.
	Ended <-chan struct{}
	Err   error

	release func() bool
}

// Start starts the program. It is killed when ctx ends.
func (c Command) Start(ctx context.Context) (*Process, error) {
	ended := make(chan struct{})
	p := &Process{Name: filepath.Base(c.Path), Ended: ended}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = append(cmd.Environ(), c.Env...)
	cmd.ExtraFiles = c.Files
	cmd.Stdout, cmd.Stderr = &p.Out, &p.Out
	cmd.WaitDelay = time.Second // for a grandchild that holds the output open
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig is about the thread that forked
		defer close(ended)
		p.Began = time.Now()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.Err = cmd.Wait()
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind in its group
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.PID = cmd.Process.Pid
	p.release = context.AfterFunc(ctx, p.kill)
	return p, nil
}

// Stop asks the process to end and returns when it has. It kills one that takes longer,
// and says so.
func (p *Process) Stop(within time.Duration) error {
	defer p.Kill()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.Ended:
		return nil
	case <-time.After(within):
		return fmt.Errorf("stop %s: it still runs %v after SIGTERM", p.Name, within)
	}
}

// Kill is kill -9; it returns when the process is gone.
func (p *Process) Kill() {
	p.kill()
	p.release()
}

func (p *Process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.Ended
}

// signal sends sig unless the process has ended: its id may be another's then.
func (p *Process) signal(sig syscall.Signal) {
	select {
	case <-p.Ended:
	default:
		_ = syscall.Kill(p.PID, sig)
	}
}

// mostSaid is how much of its output an error repeats, in bytes.
const mostSaid = 2 << 10

// errEnded is that of a process that ended by itself.
var errEnded = errors.New("it has ended")

// Alive is an error when the process has ended, with what it wrote last.
func (p *Process) Alive() error {
	select {
	case <-p.Ended:
		return fmt.Errorf("%s: %w; it wrote: %s", p.Name, errors.Join(errEnded, p.Err), p.Out.Tail(mostSaid))
	default:
		return nil
	}
}

// Await polls every now and then until done says so. It fails when the process ends, or
// ctx, or when it takes too long.
func (p *Process) Await(ctx context.Context, within time.Duration, what string, done func() bool) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(within)
	for !done() {
		if err := p.Alive(); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return fmt.Errorf("%s: %s: not within %v; it wrote: %s", p.Name, what, within, p.Out.Tail(mostSaid))
		}
	}
	return nil
}
