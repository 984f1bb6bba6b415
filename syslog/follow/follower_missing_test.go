package follow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haproxy-alert/syslog/logfile"
)

// What cannot be found is said aloud, once, and reading goes on with what is newer.
func TestFollowSaysWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		lose func(s *script)
		want string
	}{
		"truncated without a copy": {(*script).truncate, "is not found"},
		"removed":                  {func(s *script) { s.rename(); s.must(os.Remove(s.path + ".1")) }, "is not found"},
		"written anew":             {func(s *script) { s.must(os.WriteFile(s.path, nil, 0o600)); s.touch(s.path) }, "is not found"},
		"cut short":                {func(s *script) { s.cutTo(18) }, "shorter than it was"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.follow(Position{}, FromBegin, s.write(20))
			at := s.marks[len(s.marks)-1]
			c.lose(s)
			s.follow(at, FromBegin, func() {}, s.write(1), s.write(2))
			if got := s.said.String(); strings.Count(got, "lines may be missing") != 1 || !strings.Contains(got, c.want) {
				t.Errorf("said:\n%s", got)
			}
			if got := strings.Join(s.given, "\n"); got != strings.Join(s.wrote, "\n") {
				t.Errorf("given:\n%s", got)
			}
			if len(s.misses) != 1 || !strings.Contains(s.misses[0].Cause, c.want) || s.misses[0].Since.IsZero() {
				t.Errorf("handed on: %+v", s.misses)
			}
		})
	}
}

// That lines are missing is told before any position behind them: who crashes in between
// is told again.
func TestFollowTellsOfAMissFirst(t *testing.T) {
	for name, lose := range map[string]func(s *script){
		"truncated without a copy": (*script).truncate,
		"cut short":                func(s *script) { s.cutTo(18) },
		"cut off": func(s *script) {
			s.write(2)()
			s.rename()
			s.compress(1)
			s.must(os.Truncate(s.path+".1.gz", 40))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.follow(Position{}, FromBegin, s.write(20))
			at, marks := s.marks[len(s.marks)-1], len(s.marks)
			lose(s)
			s.write(1)()
			s.follow(at, FromBegin)
			if len(s.misses) != 1 {
				t.Fatalf("told: %v", s.misses)
			}
			for _, mark := range s.marks[marks : s.missedAt+1] {
				if mark != at {
					t.Errorf("told with, or behind, %+v, want %+v", mark, at)
				}
			}
			again := s.marks[s.missedAt]
			s.misses = nil
			s.follow(again, FromBegin)
			if len(s.misses) != 1 {
				t.Errorf("told after a crash: %v", s.misses)
			}
		})
	}
}

// What is known to have been in a file when it was truncated is told, and so is the size
// of one that cannot be read.
func TestFollowTellsHowMuchIsMissing(t *testing.T) {
	s := newScript(t)
	s.follow(Position{}, FromBegin, s.write(2), func() {
		s.rename()
		s.shift()
		s.append(s.path+".1", "\x1f\x8bnonsense\n")
		s.write(1)()
	})
	if len(s.misses) != 1 || s.misses[0].Bytes != int64(len("\x1f\x8bnonsense\n")) {
		t.Errorf("told %+v", s.misses)
	}

	s = newScript(t)
	s.append(s.path, strings.Repeat("a line that is long enough for many blocks\n", 20_000))
	size := int64(20_000 * len("a line that is long enough for many blocks\n"))
	truncated := int64(0)
	sink := s.take
	s.sink = func(t *Record) {
		sink(t)
		if truncated == 0 && t.Data == nil && t.Position.Offset > 0 {
			truncated = t.Position.Offset
			s.truncate()
		}
	}
	s.follow(Position{}, FromBegin, s.write(1))
	if truncated == size || len(s.misses) != 1 || s.misses[0].Bytes != size-truncated {
		t.Errorf("truncated at %d of %d, told %+v", truncated, size, s.misses)
	}
}

// After a power loss a file may lack what had been read of it, and have grown since: no
// line is read from its middle.
func TestFollowAfterPowerLoss(t *testing.T) {
	s := newScript(t)
	s.follow(Position{}, FromBegin, s.write(20))
	at := s.marks[len(s.marks)-1]
	s.cutTo(18)
	s.append(s.path, "a line of another length than those were\n")
	s.write(3)()
	want := s.wrote[22:]
	s.given = nil
	s.follow(at, FromBegin)
	if got := strings.Join(s.given, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("given:\n%s", got)
	}
	if got := s.said.String(); strings.Count(got, "lines may be missing") != 1 {
		t.Errorf("said:\n%s", got)
	}
}

// A rotated file that cannot be read keeps nobody from what comes after it.
func TestFollowPassesWhatIsDamaged(t *testing.T) {
	for name, packed := range map[string]string{"no gzip at all": "\x1f\x8bnonsense", "cut off": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb"} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.follow(Position{}, FromBegin, s.write(2), func() {
				s.rename()
				s.shift()
				s.append(s.path+".1.gz", packed)
				s.write(2)()
			}, s.write(1))
			if got := strings.Join(s.given, "\n"); got != strings.Join(s.wrote, "\n") {
				t.Errorf("given:\n%s", got)
			}
			if got := s.said.String(); strings.Count(got, "lines may be missing") != 1 {
				t.Errorf("said:\n%s", got)
			}
		})
	}
}

// Whoever does not append leaves a hole where copytruncate emptied the file.
func TestFollowLeavesOutHoles(t *testing.T) {
	s := newScript(t)
	s.follow(
		Position{}, FromBegin, s.write(3),
		func() { s.copyTruncate(); s.must(os.Truncate(s.path, 3*logfile.MaxLine)); s.write(2)() },
		s.write(1),
	)
	s.check()
}

// What cannot grow is not followed.
func TestOpenLogFileRefuses(t *testing.T) {
	dir := t.TempDir()
	packed := filepath.Join(dir, "haproxy.log.1.gz")
	if err := os.WriteFile(packed, []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"haproxy.log":       "want an absolute path",
		dir:                 "want a regular file",
		packed:              "is compressed",
		packed + "/no/file": "not a directory",
	} {
		if _, err := (Config{Path: path}).Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}
