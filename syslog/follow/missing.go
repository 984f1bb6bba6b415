package follow

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

var errNotRegular = errors.New("want a regular file")

// generations lists the files of the log. That olddir cannot be listed is told once: what
// stands there may then be missed, and will be told, but the log goes on.
func (f *Follower) generations() ([]generation, error) {
	set, err := generations(f.file.Path, f.file.OldDir)
	if set == nil || err == nil {
		f.closed = f.closed && err != nil
		return set, err
	}
	if !f.closed {
		f.closed = true
		f.log.Error("cannot list olddir, rotated files in it are not found", "err", err)
	}
	return set, nil
}

// look looks whether the log is there by its name, and may be read, and tells once when
// not. The file that is being read, if any, is known to be readable.
func (f *Follower) look(reading fs.FileInfo) (fs.FileInfo, error) {
	info, err := statLog(f.file.Path, reading)
	switch {
	case err == nil:
		f.found()
	case errors.Is(err, fs.ErrNotExist):
		f.absent()
	case f.stuck.Load() == nil || f.told: // lines may still come from what is open
		f.gone, f.told = time.Time{}, false
		f.stuck.Store(&err)
		f.log.Error("cannot read log file, trying again", "err", err)
	}
	return info, err
}

// statLog also opens what rotation has put there: whoever made it may not have thought of
// us, and it can be long until something stands in it.
func statLog(path string, reading fs.FileInfo) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case reading != nil && os.SameFile(info, reading):
		return info, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return info, file.Close()
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
	err := fs.ErrNotExist
	f.stuck.Store(&err)
	if f.begun {
		f.log.Warn("log file is gone, waiting for it")
		return
	}
	f.log.Warn("log file is not there yet, waiting for it")
}
