package interop_test

import (
	"context"
	"os"
	"testing"
	"time"

	"haproxy-alert/testdata/program"
)

// A process is a program the test runs as its own child. It is ended with the
// test, and what it wrote is shown when the test fails.
type process struct{ *program.Process }

// startProcess starts the program.
func startProcess(t *testing.T, path string, args ...string) *process {
	t.Helper()
	return startProcessWith(t, nil, path, args...)
}

// startProcessWith also hands it files, from descriptor 3 on.
func startProcessWith(t *testing.T, files []*os.File, path string, args ...string) *process {
	t.Helper()
	// t.Context ends before the cleanup, in which the process is asked to end.
	started, err := program.Command{Path: path, Args: args, Files: files}.Start(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	p := &process{started}
	t.Cleanup(func() {
		p.end(t)
		if t.Failed() {
			t.Logf("%s wrote:\n%s", p.Name, p.tail())
		}
	})
	return p
}

// stopGrace is what a peer gets between SIGTERM and SIGKILL.
const stopGrace = time.Minute

// end asks the process to stop, and kills it when it does not.
func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.Stop(stopGrace); err != nil {
		t.Error(err)
	}
}

// alive fails the test when the process has ended by itself.
func (p *process) alive(t *testing.T) {
	t.Helper()
	if err := p.Alive(); err != nil {
		t.Fatal(err)
	}
}

// mostSaid is how much of what a peer wrote is shown: enough to see what went wrong.
const mostSaid = 16 << 10

func (p *process) tail() string { return p.Out.Tail(mostSaid) }

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
