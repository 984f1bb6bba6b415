//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package journal

import (
	"errors"
	"os"
)

// flock refuses: two daemons on one journal would ruin it, and a lock file that
// a crash leaves behind would stop the restart.
func flock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }
