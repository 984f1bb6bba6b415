package follow

import (
	"os"
	"strings"
	"testing"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
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
	long := strings.Repeat("x", logfile.MaxLine)
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
		if got := string(syslog.Body([]byte(line))); k >= len(bodies) || got != bodies[k] {
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
		if got := string(syslog.Body([]byte(line))); got != bodies[k] {
			t.Errorf("entry %d is %q", k, got)
		}
	}
	s.check(s.given...)
}
