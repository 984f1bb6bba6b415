//go:build !linux

package journal

import "os"

// datasync is fsync(2): os.File.Sync uses the strongest call each system has.
func datasync(f *os.File) error { return f.Sync() }
