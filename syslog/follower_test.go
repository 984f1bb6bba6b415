package syslog

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestFollowRotations: however a log is rotated, each line is given once and in order,
// and a restart from any position goes on behind it.
func TestFollowRotations(t *testing.T) {
	for name, steps := range map[string]func(s *script) []func(){
		"none": func(s *script) []func() {
			return []func(){s.write(3), s.write(1), s.write(2)}
		},
		"rename, create": func(s *script) []func() {
			return []func(){s.write(3), s.rename, s.create, s.write(2)}
		},
		"rename, written before the next look": func(s *script) []func() {
			return []func(){s.write(3), func() { s.write(2)(); s.rename(); s.write(2)() }, s.write(1)}
		},
		"rename, and the old file written to for a while": func(s *script) []func() {
			return []func(){s.write(2), func() {
				s.rename()
				s.create()
				late := s.text()
				s.wrote = append(s.wrote, late)
				s.append(s.path+".1", late+"\n")
			}, func() {
				late := s.text()
				s.wrote = append(s.wrote, late)
				s.append(s.path+".1", late+"\n")
			}, s.write(2)}
		},
		"copytruncate": func(s *script) []func() {
			return []func(){s.write(3), s.copyTruncate, s.write(2)}
		},
		"copytruncate, unread lines in the copy": func(s *script) []func() {
			return []func(){s.write(3), func() { s.write(2)(); s.copyTruncate() }, s.write(2)}
		},
		"copytruncate, then longer than before": func(s *script) []func() {
			return []func(){s.write(3), func() { s.write(1)(); s.copyTruncate(); s.write(9)() }, s.write(2)}
		},
		"copytruncate of what was empty": func(s *script) []func() {
			return []func(){s.create, func() { s.write(1)(); s.copyTruncate(); s.write(1)() }, s.write(1)}
		},
		"a copy under way": func(s *script) []func() {
			return []func(){
				s.write(3),
				func() { s.write(1)(); s.rename(); s.write(3)(); s.shift(); s.copy() },
				func() {},
				func() {},
				func() {},
				s.write(1),
				func() { s.copy(); s.truncate(); s.write(2)() },
			}
		},
		"several at once": func(s *script) []func() {
			return []func(){s.write(3), func() {
				for range 2 {
					s.write(2)()
					s.rename()
					s.write(3)()
					s.copyTruncate()
				}
			}, s.write(2), func() { s.write(1)(); s.copyTruncate(); s.write(1)(); s.rename() }, s.write(1)}
		},
		"several at once, packed": func(s *script) []func() {
			return []func(){s.write(3), func() {
				for range 2 {
					s.write(2)()
					s.rename()
					s.compress(1)
					s.write(3)()
					s.copyTruncate()
					s.compress(1)
				}
			}, s.write(2)}
		},
		"packed while being read": func(s *script) []func() {
			return []func(){s.write(3), func() { s.write(2)(); s.copyTruncate() }, func() { s.compress(1) }, s.write(1), s.rename, func() { s.compress(1) }, s.write(1)}
		},
		"empty ones between": func(s *script) []func() {
			return []func(){s.write(1), func() { s.rename(); s.create(); s.rename(); s.create() }, s.write(1), func() { s.rename(); s.create() }}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.follow(Position{}, FromBegin, steps(s)...)
			s.check()
		})
	}
}

// A line is given when its end has come; that of a file which was rotated away never will.
func TestFollowUnfinishedLines(t *testing.T) {
	s := newScript(t)
	s.follow(
		Position{}, FromBegin,
		func() { s.append(s.path, "one\nhalf of ") },
		func() { s.append(s.path, "two") },
		func() { s.append(s.path, "\nthree\nwhat was beg") },
		s.rename,
		func() { s.append(s.path+".1", "un") },
		func() { s.append(s.path, "four\nfi") },
		func() { s.append(s.path, "ve\n") },
	)
	s.check("one", "half of two", "three", "what was begun", "four", "five")
}

// In a copy stands the rest of a line that was begun before.
func TestFollowUnfinishedLineInCopy(t *testing.T) {
	s := newScript(t)
	s.follow(
		Position{}, FromBegin,
		func() { s.append(s.path, "one\nhalf of ") },
		func() { s.append(s.path, "two\nthree\n"); s.copyTruncate(); s.append(s.path, "four\n") },
	)
	s.check("one", "half of two", "three", "four")
}

// The beginning is where it was asked to be; what is written to a file that comes later
// is new.
func TestFollowFrom(t *testing.T) {
	s := newScript(t)
	s.append(s.path, "old\nof what is begun the e")
	s.follow(Position{}, FromEnd, func() { s.append(s.path, "nd\nnew\n") })
	s.check("of what is begun the end", "new")

	s = newScript(t)
	s.path = strings.Replace(s.path, "haproxy.log", "later/haproxy.log", 1)
	s.follow(Position{}, FromEnd, func() {}, func() { s.must(os.Mkdir(strings.TrimSuffix(s.path, "/haproxy.log"), 0o700)) }, s.write(2), s.write(1))
	s.check()
}

// Lines that are too long are cut, and what is left of them is no line, after a restart
// either.
func TestFollowLongLines(t *testing.T) {
	s := newScript(t)
	long := strings.Repeat("x", MaxLine)
	s.follow(
		Position{}, FromBegin,
		func() { s.append(s.path, "one\n"+long+"y") },
		func() { s.append(s.path, long+long) },
		func() { s.append(s.path, "Server be/s1 is DOWN\ntwo\n") },
		func() { s.append(s.path, long+long+"\n"+long+"z") },
		func() { s.append(s.path, "\nthree\n") },
	)
	s.check("one", long, "two", long, long, "three")
}

// Lines in parts are put together, and a restart amid one neither repeats nor skips.
func TestFollowContainerParts(t *testing.T) {
	s := newScript(t)
	cri := func(stream, tag, text string) string {
		return "2026-11-21T07:38:02.217407123Z " + stream + " " + tag + " " + text + "\n"
	}
	s.follow(
		Position{}, FromBegin,
		func() { s.append(s.path, cri("stdout", "F", "one")+cri("stderr", "P", "two, ")) },
		func() { s.append(s.path, cri("stdout", "F", "three")+cri("stdout", "P", "fo")) },
		func() { s.append(s.path, cri("stderr", "F", "its end")) },
		func() { s.append(s.path, cri("stdout", "F", "ur")+cri("stdout", "F", "five")) },
		func() { s.rename(); s.append(s.path, cri("stdout", "F", "six")) },
	)
	bodies := []string{"one", "three", "two, its end", "four", "five", "six"}
	for k, line := range s.given {
		if got := string(Body([]byte(line))); k >= len(bodies) || got != bodies[k] {
			t.Fatalf("line %d is %q", k, got)
		}
	}
	s.check(s.given...)
}

// Entries of several lines are given whole.
func TestFollowJournalEntries(t *testing.T) {
	s := newScript(t)
	entry := func(text string) string {
		return "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795246682217407\nMESSAGE=" + text + "\n\n"
	}
	s.follow(
		Position{}, FromBegin,
		func() { s.append(s.path, entry("one")+"__CURSOR=s=1\nMESSAGE=tw") },
		func() { s.append(s.path, "o\n\n"+entry("three")) },
		func() { s.rename(); s.append(s.path, entry("four")) },
	)
	bodies := []string{"one", "two", "three", "four"}
	if len(s.given) != len(bodies) {
		t.Fatalf("given: %q", s.given)
	}
	for k, line := range s.given {
		if got := string(Body([]byte(line))); got != bodies[k] {
			t.Errorf("entry %d is %q", k, got)
		}
	}
	s.check(s.given...)
}

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
		})
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
		func() { s.copyTruncate(); s.must(os.Truncate(s.path, 3*MaxLine)); s.write(2)() },
		s.write(1),
	)
	s.check()
}

// Events of the file system ring, in the log's folder and for its files alone.
func TestBellRings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "haproxy.log")
	b := newBell(path, slog.New(slog.DiscardHandler))
	defer b.close()
	if b.watcher == nil {
		t.Skip("the system gives no events")
	}
	if err := os.WriteFile(path, []byte("line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.pause(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{path + ".1": true, "haproxy-20261121.log": true, "syslog": false} {
		if got := b.concerns(filepath.Join(filepath.Dir(path), filepath.Base(name))); got != want {
			t.Errorf("%s concerns: %v", name, got)
		}
	}
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
		if _, err := (LogFile{Path: path}).Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// The names that rotation gives.
func TestRotatedNames(t *testing.T) {
	for name, want := range map[string]string{
		"haproxy.log.1": ".1", "haproxy.log.12.gz": ".12", "haproxy.log-20261121": "-20261121", "haproxy.log-20261121.zst": "-20261121",
		"haproxy.log.20261121-073802": ".20261121-073802", "haproxy-20261121.log": "-20261121", "haproxy.1.log.xz": ".1", "haproxy.log.old": ".old",
		"haproxy.log.bak2": "", "haproxy.log-debug": "", "haproxy.log2": "", "haproxy-admin.log": "", "haproxy.log.1.swp": "", "haproxy.log.gz": "",
	} {
		label, ok := labelOf(name, "haproxy.log")
		if ok != (want != "") || ok && label != want {
			t.Errorf("%s: %q %v, want %q", name, label, ok, want)
		}
	}
}

// Lines that are followed cost nothing, but for the read.
func TestFollowAllocatesNothing(t *testing.T) {
	s := newScript(t)
	const lines = 2000
	s.write(1)()
	s.append(s.path, strings.Repeat(s.text()+"\n", lines))
	given := 0
	f, err := LogFile{Path: s.path, From: FromBegin}.Open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	f.pause = func(context.Context, time.Duration) error { stop(); return ctx.Err() }
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := f.Run(ctx, func(t *Taken) { given += min(1, len(t.Data)) }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if allocs := after.Mallocs - before.Mallocs; given != lines+1 || allocs > lines/4 {
		t.Errorf("%d lines, %d allocations", given, allocs)
	}
}

// BenchmarkFollow is what a line of traffic costs beside the reading of the file.
func BenchmarkFollow(b *testing.B) {
	path := filepath.Join(b.TempDir(), "haproxy.log")
	line := "Nov 21 07:38:02 lb1 haproxy[6700]: " + traffic + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 100_000)), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(100_000 * int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := LogFile{Path: path, From: FromBegin}.Open()
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		f.pause = func(context.Context, time.Duration) error { stop(); return ctx.Err() }
		var peeler Peeler
		health := 0
		if err := f.Run(ctx, func(t *Taken) { health += min(0, len(peeler.Body(t.Data))) }); err != nil {
			b.Fatal(err)
		}
	}
}
