package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A Process is a running program.
type Process struct {
	Name string
	PID  int
	// Began is when it was started.
	Began time.Time

	out     output
	ended   chan struct{} // closed once it has ended and err is set
	err     error
	release func() bool
}

// start starts the program in a process group of its own, which is killed when ctx ends.
func start(ctx context.Context, env []string, path string, args ...string) (*Process, error) {
	p := &Process{Name: filepath.Base(path), ended: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Env = append(cmd.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	cmd.WaitDelay = time.Second // for a grandchild that holds the output open
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig is about the thread that forked
		defer close(p.ended)
		p.Began = time.Now()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind in its group
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.PID = cmd.Process.Pid
	p.release = context.AfterFunc(ctx, p.Kill)
	return p, nil
}

// stopGrace is what a process gets between SIGTERM and SIGKILL.
const stopGrace = time.Minute

// Stop asks the process to end and returns when it has.
func (p *Process) Stop() error {
	defer p.Kill()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopGrace):
		return fmt.Errorf("stop %s: it still runs %v after SIGTERM", p.Name, stopGrace)
	}
}

// Kill is kill -9; it returns when the process is gone.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
	if p.release != nil {
		p.release()
	}
}

// signal sends sig unless the process has ended: its id may be another's then.
func (p *Process) signal(sig syscall.Signal) {
	select {
	case <-p.ended:
	default:
		_ = syscall.Kill(p.PID, sig)
	}
}

// errEnded is that of a process that ended by itself.
var errEnded = errors.New("it has ended")

// alive is an error when the process has ended, with what it wrote.
func (p *Process) alive() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s: %w; it wrote: %s", p.Name, errors.Join(errEnded, p.err), p.out.tail())
	default:
		return nil
	}
}

// until polls every now and then, and fails when the process ends or it takes too long.
func (p *Process) until(ctx context.Context, within time.Duration, what string, done func() bool) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(within)
	for !done() {
		if err := p.alive(); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return fmt.Errorf("%s: %s: not within %v; it wrote: %s", p.Name, what, within, p.out.tail())
		}
	}
	return nil
}

// output keeps what a process writes, readable while it writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) contains(words string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Contains(o.buf.Bytes(), []byte(words))
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// tail is the end of the output, enough to see what went wrong.
func (o *output) tail() string {
	const most = 2 << 10
	s := o.String()
	return s[max(0, len(s)-most):]
}
