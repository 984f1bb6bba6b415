package follow

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What rotation moves into another folder is found there, packed or not, also by who
// comes later; what lies there under the log's own name is another log.
func TestFollowOldDir(t *testing.T) {
	s := newScript(t)
	s.old = filepath.Join(filepath.Dir(s.path), "old") // logrotate makes it, or somebody else
	idle := func() {}
	s.follow(
		Position{}, FromBegin, s.write(3), idle,
		func() { s.must(os.Mkdir(s.old, 0o700)); s.append(filepath.Join(s.old, "haproxy.log"), "another\n") },
		func() {
			s.write(1)()
			s.rename()
			s.write(2)()
			s.rename()
			s.write(1)()
			s.compress(1)
		},
		idle, idle, idle, s.write(20),
		func() { s.copyTruncate(); s.write(2)(); s.rename(); s.compress(2) }, s.write(1),
	)
	s.check()
}

// A site that begins to use olddir has two files of each number for a while: those that
// were read are not read again.
func TestFollowOldDirLater(t *testing.T) {
	s := newScript(t)
	idle := func() {}
	s.follow(
		Position{}, FromBegin, s.write(20), s.rename, s.write(20), idle, idle, idle, s.rename, s.write(20), idle, idle, idle,
	)
	at := s.marks[len(s.marks)-1]
	s.old, s.known = t.TempDir(), s.ends
	s.firstRestart = len(s.marks)
	s.follow(at, FromBegin, func() { s.write(3)(); s.rename(); s.write(1)() }, idle, idle, idle, s.write(1))
	s.check()
}

// With renamecopy, for an olddir on another file system, the rotated file is copied while
// the log goes on; the copy, whole or not yet, holds nothing new.
func TestFollowOldDirByCopy(t *testing.T) {
	s := newScript(t)
	s.old = t.TempDir()
	idle := func() {}
	copied := func(part int) func() {
		return func() {
			b, err := os.ReadFile(s.path + ".tmp")
			s.must(err)
			s.must(os.WriteFile(s.rotatedTo(1), b[:len(b)/part], 0o600))
			s.touch(s.rotatedTo(1))
		}
	}
	s.follow(
		Position{}, FromBegin, s.write(40), func() { s.write(1)(); s.must(os.Rename(s.path, s.path+".tmp")) },
		s.write(2), copied(2), idle, idle, copied(1), idle, func() { s.must(os.Remove(s.path + ".tmp")) }, idle, s.write(1), s.rename, s.write(1),
	)
	s.firstRestart = len(s.marks) - 1
	s.check()
}

// A folder that cannot be listed any more does not keep the log from being read; what
// would have been found there is missed, and that is told.
func TestFollowWithoutItsOldDir(t *testing.T) {
	s := newScript(t)
	s.old = t.TempDir()
	s.follow(Position{}, FromBegin, s.write(3))
	at := s.marks[len(s.marks)-1]
	s.write(1)()
	s.rename()
	missed := s.wrote[3]
	s.write(1)()
	old, idle := s.old, func() {}
	s.must(os.RemoveAll(old))
	s.follow(at, FromBegin, func() {
		s.must(os.WriteFile(old, nil, 0o600)) // no folder
		s.old = ""
		s.rename()
		s.write(1)()
	}, idle, idle, idle, s.write(1))
	want := slices.DeleteFunc(slices.Clone(s.wrote), func(line string) bool { return line == missed })
	if !slices.Equal(s.given, want) || len(s.misses) != 1 {
		t.Errorf("given %q, want %q; missed %v", s.given, want, s.misses)
	}
	if n := strings.Count(s.said.String(), "cannot list olddir"); n != 1 {
		t.Errorf("said %d times:\n%s", n, &s.said)
	}
	if _, err := (Config{Path: s.path, OldDir: old}).Open(); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("opened: %v", err)
	}
}

func TestOpenLogFileWantsItsOldDir(t *testing.T) {
	path := filepath.Join(t.TempDir(), "haproxy.log")
	for old, want := range map[string]string{"old": "absolute path", path + "/none": ""} {
		_, err := Config{Path: path, OldDir: old}.Open()
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", old, err, want)
		}
	}
}
