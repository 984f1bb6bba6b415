package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"haproxy-alert/syslog/follow"
)

// File is one log file that lines come in by as it grows.
type File struct {
	Path   string   `toml:"path"`
	OldDir string   `toml:"olddir"`
	TZ     TimeZone `toml:"tz"`
	From   Start    `toml:"from"`

	flag string // what faults call it that is from the command line
}

// FilesNamed are what serve --follow names.
func FilesNamed(paths []string) ([]File, error) {
	var files []File
	for _, path := range paths {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		flag := "--follow " + path
		if path == "" || path == "-" { // Abs makes a path of both
			flag, absolute = fmt.Sprintf("--follow '%s'", path), ""
		}
		files = append(files, File{Path: absolute, flag: flag})
	}
	return files, nil
}

func (v *validator) files(files []File) {
	seen := map[string]bool{}
	for i, f := range files {
		v.oldDir(i, f)
		switch path := filepath.Clean(f.Path); {
		case f.Path == "":
			v.file(i, f, "want a path")
		case strings.ContainsAny(f.Path, "*?["):
			v.file(i, f, "want one file, not a pattern: give each file a [[file]] of its own")
		case !filepath.IsAbs(path):
			v.file(i, f, "want an absolute path, not %q", f.Path)
		case seen[path]:
			v.file(i, f, "%s is named twice", f.Path)
		default:
			seen[path] = true
		}
	}
}

// file takes a fault of one file.
func (v *validator) file(i int, f File, format string, args ...any) {
	if f.flag != "" {
		v.faults = append(v.faults, Fault{File: f.flag, Cause: fmt.Sprintf(format, args...)})
		return
	}
	v.fault(fmt.Sprintf("file[%d].path", i), format, args...)
}

// unfollowable opens the log files as serve does; those that have no place are faults
// already.
func (v *validator) unfollowable(files []File) {
	for i, f := range files {
		log := f.LogFile()
		if !filepath.IsAbs(log.Path) {
			continue
		}
		if err := log.CheckOldDir(); err != nil {
			v.fault(fmt.Sprintf("file[%d].olddir", i), "%v", err)
		}
		log.OldDir = ""
		if _, err := log.Open(); err != nil {
			v.file(i, f, "%v", errors.Unwrap(err))
		}
	}
}

// LogFile is the file as it is followed.
func (f File) LogFile() follow.Config {
	return follow.Config{Path: filepath.Clean(f.Path), OldDir: f.oldDir(), From: f.From.from}
}

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
