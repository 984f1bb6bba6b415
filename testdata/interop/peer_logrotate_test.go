package interop_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// logWriter writes a log at a pace, in pieces that end anywhere, while it is rotated:
// in turns by rename, as logrotate does by default, and by copytruncate.
//
// A rename comes while it writes; it writes on to the old file until it is told, as
// rsyslog is by HUP. For copytruncate it holds still: what is written between copy and
// truncation is lost by copytruncate itself, as logrotate(8) says.
type logWriter struct {
	path    string
	file    *os.File
	rng     *rand.Rand
	every   int64 // bytes from one rotation to the next
	pace    int64 // bytes a second
	rotate  func(how string) error
	begun   time.Time
	written int64
	done    int        // rotations
	rename  chan error // one is under way
}

// Write writes a part of the log.
func (w *logWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		piece := rest[:min(len(rest), 1+w.rng.IntN(64<<10))]
		if w.due() { // rotations come between two lines
			if end := bytes.IndexByte(rest, '\n'); end >= 0 {
				piece = rest[:end+1]
			}
		}
		n, err := w.file.Write(piece)
		if err != nil {
			return 0, err
		}
		w.written, rest = w.written+int64(n), rest[n:]
		if piece[n-1] == '\n' {
			if err := w.turn(); err != nil {
				return 0, err
			}
		}
		wait(time.Until(w.begun.Add(time.Duration(w.written) * time.Second / time.Duration(w.pace))))
	}
	return len(p), nil
}

// due reports whether a rotation is to begin, or has to be obeyed.
func (w *logWriter) due() bool { return w.written >= int64(w.done+1)*w.every || len(w.rename) > 0 }

// turn obeys a rotation that has been, and begins the next.
func (w *logWriter) turn() error {
	if w.rename != nil && (len(w.rename) > 0 || w.due()) {
		if err := errors.Join(<-w.rename, w.file.Close(), w.open()); err != nil {
			return err
		}
		w.rename = nil
	}
	if !w.due() {
		return nil
	}
	w.done++
	if w.done%2 == 0 {
		return w.rotate("copytruncate")
	}
	w.rename = make(chan error, 1)
	go func(under chan<- error) { under <- w.rotate("create") }(w.rename)
	return nil
}

func (w *logWriter) open() (err error) {
	w.file, err = os.OpenFile(w.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return err
}

// close ends the log, behind the last rotation.
func (w *logWriter) close() error {
	if w.rename == nil {
		return w.file.Close()
	}
	return errors.Join(<-w.rename, w.file.Close())
}

// rotator returns what rotates a log into a folder, its own when that is empty: logrotate,
// or without it the same system calls.
func rotator(t *testing.T, path, olddir string) func(how string) error {
	t.Helper()
	program, err := exec.LookPath("logrotate")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/logrotate")
	}
	if err != nil {
		t.Log("no logrotate here: rotated by the same system calls")
		return func(how string) error { return rotateByHand(path, olddir, how) }
	}
	dir, into := t.TempDir(), ""
	if olddir != "" {
		into = "\tolddir " + olddir + "\n\tcreateolddir 755\n"
	}
	for _, how := range []string{"create", "copytruncate"} {
		text := fmt.Sprintf("%s {\n\trotate 1000\n\tcompress\n\tdelaycompress\n\t%s\n%s}\n", path, how, into)
		if err := os.WriteFile(filepath.Join(dir, how), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return func(how string) error {
		said, err := exec.Command(program, "-f", "-s", filepath.Join(dir, "state"), filepath.Join(dir, how)).CombinedOutput()
		if err != nil {
			return fmt.Errorf("logrotate: %w: %s", err, said)
		}
		return nil
	}
}

func rotateByHand(path, olddir, how string) error {
	rotated := filepath.Join(filepath.Dir(path), olddir, filepath.Base(path))
	if err := os.MkdirAll(filepath.Dir(rotated), 0o755); err != nil {
		return err
	}
	for n := 1000; n > 0; n-- {
		err := os.Rename(fmt.Sprint(rotated, ".", n), fmt.Sprint(rotated, ".", n+1))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if how == "create" {
		if err := os.Rename(path, rotated+".1"); err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
		return errors.Join(err, f.Close())
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(rotated + ".1")
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close(), os.Truncate(path, 0))
}
