//go:build unix

package follow

import (
	"io/fs"
	"syscall"
)

// inodeOf returns what names a file while it exists, whatever it is called.
func inodeOf(info fs.FileInfo) (dev, inode uint64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev), uint64(st.Ino) //nolint:unconvert // their types differ from system to system
	}
	return 0, 0
}
