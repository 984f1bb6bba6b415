package follow

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

var errNotRegular = errors.New("want a regular file")

// files lists the files of the log. That olddir cannot be listed is told once: what
// stands there may then be missed, and will be told, but the log goes on.
func (f *Follower) files() ([]rotatedFile, error) {
	set, err := listFiles(f.file.Path, f.file.OldDir)
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

// Gap is what is known of lines of a log that may have been missed.
type Gap struct {
	// Cause says why, in a few words; Err says more, if there is more to say.
	Cause string
	Err   error
	// File is the one that they stood in, or should have.
	File string
	// Bytes is how much was missed at the least; 0 when nobody knows.
	Bytes int64
	// Since is when nothing was missed yet; zero when nobody knows.
	Since time.Time
}

// Why is the cause with all that is known of it.
func (m Gap) Why() string {
	if m.Err == nil {
		return m.Cause
	}
	return m.Cause + ": " + m.Err.Error()
}

// missing tells that lines may be missing. It comes before the position goes on behind
// them: whoever keeps what the sink is told in its order never has a position behind
// lines of which he does not know that they are missing.
func (f *Follower) missing(m Gap) {
	m.Since = timeOf(f.at.CaughtUpAt)
	f.lastGap.Store(&m)
	f.missed.Add(1)
	attrs := []any{"what", m.Cause, "file", m.File}
	if m.Bytes > 0 {
		attrs = append(attrs, "bytes", m.Bytes)
	}
	if m.Err != nil {
		attrs = append(attrs, "err", m.Err)
	}
	f.log.Warn("lines may be missing", attrs...)
	f.record.Gap = m
	f.rest()
	f.record.Gap = Gap{}
}

// unread is how much of a file that cannot be read was not taken; 0 where its size does
// not say so.
func (c choice) unread() int64 {
	switch {
	case c.compressed():
		return 0
	case c.resume != nil:
		return max(0, c.info.Size()-c.resume.Offset)
	}
	return c.info.Size()
}

// left is how much of a file was not taken, as far as it was seen.
func (f *Follower) left(s *source) int64 {
	if f.at.Skip > 0 {
		return s.unread()
	}
	return max(0, s.info.Size()-f.at.Offset)
}
