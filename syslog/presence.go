package syslog

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

var errNotRegular = errors.New("want a regular file")

// look looks whether the log is there by its name, and tells once when it is not.
func (f *Follower) look() (fs.FileInfo, error) {
	info, err := os.Stat(f.file.Path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	switch {
	case err == nil:
		f.found()
	case errors.Is(err, fs.ErrNotExist):
		f.absent()
	case f.stuck.Load() == nil: // lines may still come from what is open
		f.stuck.Store(&err)
		f.log.Error("cannot look for the log file", "err", err)
	}
	return info, err
}

// found ends what was in the way.
func (f *Follower) found() {
	f.gone, f.told = time.Time{}, false
	f.stuck.Store(nil)
}

// absent notes that the log is not there: at once when it never was.
func (f *Follower) absent() {
	now := f.now()
	if f.gone.IsZero() {
		f.gone = now
	}
	if f.told || f.begun && now.Sub(f.gone) < patience {
		return
	}
	f.told = true
	err := error(fs.ErrNotExist)
	f.stuck.Store(&err)
	if f.begun {
		f.log.Warn("log file is gone, waiting for it")
		return
	}
	f.log.Warn("log file is not there yet, waiting for it")
}
