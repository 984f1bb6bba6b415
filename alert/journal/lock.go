package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxPID bounds what is read of the lock file: the decimal pid of its holder.
const maxPID = 20

// lockDir makes this process the only one that writes to dir. The lock lasts
// until the returned file is closed or the process ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	held, err := flock(f)
	switch {
	case held:
		err = errors.New("held by process " + holder(f))
	case err != nil:
		err = fmt.Errorf("lock %s: %w", f.Name(), err)
	default:
		err = writePID(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(f, os.Getpid())
	return err
}

// holder returns the pid in the lock file; it is not there yet when the holder
// is just starting.
func holder(f *os.File) string {
	pid, err := io.ReadAll(io.LimitReader(f, maxPID))
	if text := strings.TrimSpace(string(pid)); err == nil && text != "" {
		return text
	}
	return "(unknown)"
}
