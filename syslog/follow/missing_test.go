package follow

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A log that is not there is told once, and again when it was there in between; amid a
// rotation it is not told.
func TestFollowTellsOfAbsence(t *testing.T) {
	s := newScript(t)
	nothing := func() {}
	gone := func(want error) func() {
		return func() {
			t.Helper()
			if got := s.f.Stats().Err; !errors.Is(got, want) {
				t.Errorf("stats say %v, want %v", got, want)
			}
		}
	}
	steps := []func(){gone(fs.ErrNotExist), nothing, s.write(1), nothing, gone(nil), s.rename, gone(nil)}
	for range 10 { // by 250 ms
		steps = append(steps, nothing)
	}
	steps = append(steps, gone(fs.ErrNotExist), s.write(1), nothing, nothing, gone(nil))
	s.follow(Position{}, FromBegin, steps...)
	for _, want := range []string{"not there yet", "is gone"} {
		if got := strings.Count(s.said.String(), want); got != 1 {
			t.Errorf("said %q %d times, want once:\n%s", want, got, &s.said)
		}
	}
	if got := strings.Join(s.given, "\n"); got != strings.Join(s.wrote, "\n") {
		t.Errorf("given:\n%s", got)
	}
}

// What came of a rotation may be something nobody can read.
func TestFollowTellsWhatIsInTheWay(t *testing.T) {
	s := newScript(t)
	var got error
	s.follow(Position{}, FromBegin, s.write(1), func() {
		s.rename()
		s.must(os.Mkdir(s.path, 0o700))
	}, func() {}, func() { got = s.f.Stats().Err })
	if !errors.Is(got, errNotRegular) {
		t.Errorf("stats say %v, want %v", got, errNotRegular)
	}
	if got := strings.Count(s.said.String(), "cannot read log file, trying again"); got != 1 {
		t.Errorf("said %d times, want once:\n%s", got, &s.said)
	}
}

// What rotation made may be forbidden, empty at first and then written to.
func TestFollowMayNotRead(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	s := newScript(t)
	look := func(when string) func() {
		return func() {
			if got := s.f.Stats().Err; !errors.Is(got, fs.ErrPermission) {
				t.Errorf("%s: stats say %v, want %v", when, got, fs.ErrPermission)
			}
		}
	}
	s.follow(Position{}, FromBegin, s.write(1), func() {
		s.rename()
		s.create()
		s.must(os.Chmod(s.path, 0))
	}, func() {}, look("empty"), func() {
		s.must(os.Chmod(s.path, 0o600))
		s.write(1)()
		s.must(os.Chmod(s.path, 0))
	}, func() {}, func() {}, look("written"), func() { s.must(os.Chmod(s.path, 0o600)) })
	if err := s.f.Stats().Err; err != nil {
		t.Errorf("stats say %v, want nil: it may be read again", err)
	}
	if got := strings.Join(s.given, "\n"); got != strings.Join(s.wrote, "\n") {
		t.Errorf("given:\n%s", got)
	}
}

// A folder that may only be entered hides what rotation makes of its log.
func TestOpenLogFileWantsItsFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may list everything")
	}
	dir := filepath.Join(t.TempDir(), "logs")
	if err := os.Mkdir(dir, 0o311); err != nil {
		t.Fatal(err)
	}
	_, err := Config{Path: filepath.Join(dir, "haproxy.log")}.Open()
	if want := "list folder " + dir + ": permission denied"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
