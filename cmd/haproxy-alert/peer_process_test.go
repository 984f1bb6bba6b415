package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A process is a program the test runs as its own child. It is ended with the
// test, and what it wrote is shown when the test fails.
type process struct {
	name  string
	out   output
	pid   int
	ended chan struct{} // closed once it has ended and err is set
	err   error
}

// startProcess starts the program in a process group of its own. The kernel
// kills it should the test binary die before its cleanup.
func startProcess(t *testing.T, path string, args ...string) *process {
	t.Helper()
	return startProcessWith(t, nil, path, args...)
}

// startProcessWith also hands it files, from descriptor 3 on.
func startProcessWith(t *testing.T, files []*os.File, path string, args ...string) *process {
	t.Helper()
	p := &process{name: filepath.Base(path), ended: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	cmd.ExtraFiles = files
	cmd.WaitDelay = time.Second // for a grandchild that holds the output open
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig is about the thread that forked
		defer close(p.ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind in its group
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	p.pid = cmd.Process.Pid
	t.Cleanup(func() {
		p.end(t)
		if t.Failed() {
			t.Logf("%s wrote:\n%s", p.name, p.out.tail())
		}
	})
	return p
}

// stopGrace is what a peer gets between SIGTERM and SIGKILL.
const stopGrace = time.Minute

// end asks the process to stop, and kills it when it does not.
func (p *process) end(t *testing.T) {
	t.Helper()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopGrace):
		t.Errorf("%s still runs %v after SIGTERM", p.name, stopGrace)
	}
	p.kill()
}

// kill is kill -9; it returns when the process is gone.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// signal sends sig unless the process has ended: its pid may be another's then.
func (p *process) signal(sig syscall.Signal) {
	select {
	case <-p.ended:
	default:
		_ = syscall.Kill(p.pid, sig)
	}
}

// alive fails the test when the process has ended by itself.
func (p *process) alive(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("%s ended: %v", p.name, p.err)
	default:
	}
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

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// tail is the end of the output, enough to see what went wrong.
func (o *output) tail() string {
	const most = 16 << 10
	s := o.String()
	return s[max(0, len(s)-most):]
}

// poll asks until done says so, and reports whether it did in time. Real peers
// answer in their own time and tell nobody.
func poll(within time.Duration, done func() bool) bool {
	const every = 10 * time.Millisecond
	tick := time.NewTicker(every)
	defer tick.Stop()
	for end := time.Now().Add(within); !done(); <-tick.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// eventually polls, and fails the test when that takes too long.
func eventually(t *testing.T, within time.Duration, what string, done func() bool) {
	t.Helper()
	if !poll(within, done) {
		t.Fatalf("%s: not within %v", what, within)
	}
}
