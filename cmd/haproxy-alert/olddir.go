package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// oldDir is olddir as logrotate reads it: it may begin at the log's folder.
func (f File) oldDir() string {
	if f.OldDir == "" || filepath.IsAbs(f.OldDir) {
		return f.OldDir
	}
	return filepath.Join(filepath.Dir(filepath.Clean(f.Path)), f.OldDir)
}

// oldDir takes the faults of an olddir.
func (v *validator) oldDir(i int, f File) {
	key := fmt.Sprintf("file[%d].olddir", i)
	switch {
	case f.OldDir == "":
	case strings.ContainsAny(f.OldDir, "*?["):
		v.fault(key, "want one folder, not a pattern")
	case filepath.Clean(f.oldDir()) == filepath.Dir(filepath.Clean(f.Path)):
		v.fault(key, "%s is the log's own folder, which is searched anyway", f.OldDir)
	}
}

// oldDirsMissing are the folders that are not there: logrotate may make them, but it may
// also be that their names are wrong.
func oldDirsMissing(files []File) (all []error) {
	for i, f := range files {
		if _, err := os.Stat(f.oldDir()); f.OldDir != "" && errors.Is(err, fs.ErrNotExist) {
			all = append(all, fmt.Errorf("file[%d].olddir: %s is not there yet", i, f.oldDir()))
		}
	}
	return all
}
