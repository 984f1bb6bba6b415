package logfile

import (
	"os"
	"testing"

	"haproxy-alert/syslog/internal/sample"

	"golang.org/x/sys/unix"
)

// TestOpenLogWidensPipe: what is piped to us finds more room than a pipe has of itself.
func TestOpenLogWidensPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString(sample.Down + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := Open("-", r)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	room, err := unix.FcntlInt(r.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		t.Fatal(err)
	}
	if room < pipeRoom {
		t.Skipf("the kernel gives %d bytes", room)
	}
	for line, err := range l.Lines() {
		if err != nil || string(line) != sample.Down {
			t.Errorf("%q, %v", line, err)
		}
	}
}
