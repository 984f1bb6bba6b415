package follow

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// rotated lists what was rotated, by its names.
func (s *script) rotated() []string {
	s.t.Helper()
	names, err := filepath.Glob(s.path + "?*")
	s.must(err)
	slices.Sort(names)
	return names
}

// byHand renames, copies or packs a rotated file as people do. Its name then says that it
// is newer, or older, than it is.
func (s *script) byHand(what int, from, to string) {
	s.t.Helper()
	_, packed := cutCompression(from)
	if packed {
		to += ".gz"
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	text, err := os.ReadFile(from)
	s.must(err)
	info, err := os.Stat(from)
	s.must(err)
	switch what {
	case 0: // mv
		s.must(os.Rename(from, to))
	case 1: // cp
		s.must(os.WriteFile(to, text, 0o600))
		s.touch(to)
	case 2: // cp -p
		s.must(errors.Join(os.WriteFile(to, text, 0o600), os.Chtimes(to, info.ModTime(), info.ModTime())))
	case 3: // touch
		s.touch(from)
	}
}

// TestFollowRenamedByHand: a file that was read is not read again, whatever it is called
// later, however it is packed, and after a restart neither.
func TestFollowRenamedByHand(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScript(t)
		s.t, s.restarts = rt, 4
		var steps []func()
		for range rapid.IntRange(1, 5).Draw(rt, "rounds") {
			lines := rapid.IntRange(18, 30).Draw(rt, "lines") // 1 KiB or more
			steps = append(steps, s.write(lines), func() {})
			if rapid.Bool().Draw(rt, "copytruncate") {
				steps = append(steps, s.copyTruncate, s.write(lines))
			} else {
				steps = append(steps, s.rename, s.write(lines))
			}
			for range 8 { // until it is read
				steps = append(steps, func() {})
			}
			if rapid.Bool().Draw(rt, "packed") {
				steps = append(steps, func() { s.ifRotated(1, func() { s.compress(1) }) })
			}
			which, what := rapid.IntRange(0, 9).Draw(rt, "which"), rapid.IntRange(0, 3).Draw(rt, "what")
			to := rapid.SampledFrom([]string{".0", ".00", ".old", "-20991231", ".99"}).Draw(rt, "to")
			steps = append(steps, func() {
				if names := s.rotated(); len(names) > 0 {
					s.byHand(what, names[which%len(names)], s.path+to)
				}
				s.firstRestart = len(s.marks)
			})
		}
		s.follow(Position{}, FromBegin, append(steps, s.write(1), s.rename, s.write(1))...)
		s.check()
	})
}

// Less than 1 KiB is known by its time, too: lines that do not say when they were written
// may be alike.
func TestFollowKnowsShortFiles(t *testing.T) {
	s := newScript(t)
	idle := func() {}
	same := func() { s.append(s.path, "Server be/s1 is DOWN.\n") }
	s.follow(
		Position{}, FromBegin, same, s.rename, same, idle, idle, idle, s.rename, same, idle, idle, idle,
		func() { s.must(os.Rename(s.path+".2", s.path+".0")); s.rename(); same() },
	)
	s.firstRestart = len(s.marks) - 1
	s.check(slices.Repeat([]string{"Server be/s1 is DOWN."}, 4)...)
}

// A rotated file that is put back, in place of the log, is read on where it was left.
func TestFollowPutBack(t *testing.T) {
	s := newScript(t)
	idle := func() {}
	s.follow(
		Position{}, FromBegin, s.write(30), s.rename, s.write(2), idle, idle, idle,
		func() {
			s.must(os.Rename(s.path, s.path+".0"))
			s.must(os.Rename(s.path+".1", s.path))
		}, s.write(3), idle, idle, idle, s.write(1),
	)
	s.firstRestart = len(s.marks) - 1
	s.check()
}

// What had been rotated before the log was first seen is old news under any name.
func TestFollowPassesOverWhatIsOlder(t *testing.T) {
	s := newScript(t)
	s.write(40)()
	s.rename()
	s.write(40)()
	s.rename()
	s.compress(1)
	s.write(5)()
	old := s.n
	s.follow(Position{}, FromEnd, s.write(2), func() {
		s.must(os.Rename(s.path+".2", s.path+".0"))
		s.must(os.Rename(s.path+".1.gz", s.path+".00.gz"))
		s.rename()
	}, s.write(2))
	s.firstRestart = len(s.marks) - 1
	s.check(s.wrote[old:]...)
}

// Only so many files are remembered, the latest ones.
func TestFollowRemembersSoMany(t *testing.T) {
	f := &Follower{sink: func(*Record) {}}
	for n := range maxFinished + 2 {
		f.finish(Position{Fingerprint: uint64(n), FingerprintSize: fingerprintSize})
	}
	f.finish(Position{Fingerprint: 9, FingerprintSize: fingerprintSize, Offset: 7})
	f.finish(Position{})
	if len(f.ends) != maxFinished || f.ends[0].Fingerprint != 2 || f.ends[maxFinished-1].Offset != 7 {
		t.Errorf("%d: %+v ... %+v", len(f.ends), f.ends[0], f.ends[len(f.ends)-1])
	}
	if got := fmt.Sprint(len(slices.Collect(func(yield func(int) bool) {
		for _, p := range f.ends {
			if p.Fingerprint == 9 && !yield(1) {
				return
			}
		}
	}))); got != "1" {
		t.Errorf("one file is remembered %s times", got)
	}
}
