package follow

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"haproxy-alert/syslog/logfile"
)

// From says where a file begins that was never seen before.
type From uint8

// The places to begin at.
const (
	FromEnd   From = iota // with what is written from now on
	FromBegin             // with what it holds
)

// Config configures the following of one log file; Open begins it.
type Config struct {
	// Path is the log's. The file, and its folder, may come later.
	Path string
	// OldDir is another folder, beside the log's own, into which rotation moves its files;
	// empty: there is none. It may come later.
	OldDir string
	// From is where to begin when Checkpoint is zero.
	From From
	// Checkpoint is how far it was taken before, as a Taken said.
	Checkpoint Position
	// Finished are the ends of files that had been taken before, as Takens said: these
	// files are known again, whatever they are called now.
	Finished []Position
	// Log is told what someone should know; nil means nobody.
	Log *slog.Logger
}

// Open looks whether the file can be followed. One that is missing can: it is waited for.
func (l Config) Open() (*Follower, error) {
	l.Log = cmp.Or(l.Log, slog.New(slog.DiscardHandler))
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("follow %s: %w", l.Path, err)
	}
	f := &Follower{file: l, log: l.Log.With("log", l.Path), now: time.Now, at: l.Checkpoint, ends: l.Finished}
	return f, nil
}

func (l Config) check() error {
	if !filepath.IsAbs(l.Path) {
		return errors.New("want an absolute path")
	}
	if err := errors.Join(l.checkFolder(), l.CheckOldDir()); err != nil {
		return err
	}
	info, err := os.Stat(l.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return errors.Unwrap(err)
	case !info.Mode().IsRegular():
		return errNotRegular
	}
	log, err := logfile.Open(l.Path, nil)
	if err != nil {
		return err
	}
	defer log.Close()
	if log.Compressed() {
		return errors.New("is compressed: it does not grow")
	}
	return nil
}

// checkFolder lists the folder, if it is there: one that may only be entered shows the
// log, but not what becomes of it.
func (l Config) checkFolder() error {
	path := l.Path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return list(filepath.Dir(path))
}

// CheckOldDir lists OldDir, if there is one.
func (l Config) CheckOldDir() error {
	if l.OldDir == "" {
		return nil
	}
	if !filepath.IsAbs(l.OldDir) {
		return errors.New("want an absolute path of olddir")
	}
	return list(l.OldDir)
}

// list says why a folder that is there cannot be listed.
func list(folder string) error {
	dir, err := os.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer dir.Close()
		_, err = dir.ReadDir(1)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("list folder %s: %w (rotation is found by its list)", folder, errors.Unwrap(err))
	}
	return nil
}
