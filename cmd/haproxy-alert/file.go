package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"haproxy-alert/alert"
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

// TimeZone is where times without a zone were written; the zero one is the machine's.
type TimeZone struct{ place *time.Location }

// UnmarshalText looks the zone up by its name; empty and "Local" are the machine's.
func (z *TimeZone) UnmarshalText(text []byte) (err error) {
	z.place, err = zoneOf(string(text))
	return err
}

// zoneOf looks a zone up; the empty name is the machine's.
func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	z, err := alert.ParseZone(name)
	return z.Location(), err
}

func (z TimeZone) location() *time.Location {
	if z.place == nil {
		return time.Local
	}
	return z.place
}

// Start says where a file begins that was never seen before: "end" or "begin".
type Start struct{ from follow.From }

// UnmarshalText reads one of the two words.
func (s *Start) UnmarshalText(text []byte) error {
	switch string(text) {
	case "end":
		s.from = follow.FromEnd
	case "begin":
		s.from = follow.FromBegin
	default:
		return fmt.Errorf(`want "end" or "begin", not %q`, text)
	}
	return nil
}

// filesNamed are what serve --follow names.
func filesNamed(paths []string) ([]File, error) {
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
		log := f.logFile()
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

// logFile is the file as it is followed.
func (f File) logFile() follow.Config {
	return follow.Config{Path: filepath.Clean(f.Path), OldDir: f.oldDir(), From: f.From.from}
}

// openFollowers opens every file, or none, each where the journal says that it was left.
func openFollowers(files []File, f *feed, log *slog.Logger) ([]*followed, error) {
	var open []*followed
	var errs []error
	for _, file := range files {
		l := file.logFile()
		mark, known := f.loop.State.Mark(l.Path)
		l.Checkpoint, l.Finished, l.Log = positionOf(mark), f.finished(l.Path), log
		follower, err := l.Open()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		log.Info("following", "path", l.Path, "known", known)
		open = append(open, newFollowed(f, follower, file.TZ.location(), mark))
	}
	return open, errors.Join(errs...)
}

// finished returns the ends of what the journal knows to have been read of a log.
func (f *feed) finished(path string) (ends []follow.Position) {
	for _, m := range f.loop.State.Finished(path) {
		ends = append(ends, positionOf(m))
	}
	return ends
}

// newFollowed goes on behind a mark.
func newFollowed(f *feed, follower *follow.Follower, place *time.Location, kept alert.Mark) *followed {
	path := follower.String()
	return &followed{
		gap:      newGap(f.loop, path, f.drops, slices.Contains(f.loop.State.Gappy(), path)),
		Follower: follower, feed: f, path: path, place: place, heard: f.ears.file(path), kept: kept, keptAt: time.Now(),
	}
}
