package follow

import (
	"errors"
	"os"
	"slices"
	"syscall"
	"time"
)

// coarse is how far behind our clock that of a file system may be.
const coarse = 20 * time.Millisecond

// choice is what is to be read next of a log.
type choice struct {
	rotatedFile
	resume *Position // where to go on; nil: it is read from its beginning
	lost   bool      // nobody knows what the log said before
	queued int64     // bytes in the files behind it
}

// next finds what comes behind a position: the rest of its file, which may have been
// renamed, copied or compressed; when drained says that there is no more, the oldest
// file that is newer, or that was written later. Of what was taken before, whatever it is
// called now, only what was added. It is false while there is none.
func next(set []rotatedFile, p Position, drained bool, ends []Position) (c choice, ok bool) {
	at := -1
	if !p.empty() {
		at = find(set, p)
	}
	var rest []rotatedFile
	switch {
	case at >= 0 && !drained:
		return choice{rotatedFile: set[at], resume: &p, queued: bytesIn(set[at+1:])}, true
	case at >= 0:
		rest = set[at+1:]
	default:
		// Its file is gone, or never held anything: what was written since comes next.
		rest = slices.DeleteFunc(slices.Clone(set), func(g rotatedFile) bool {
			return !g.live() && g.info.ModTime().UnixNano() <= p.Modified
		})
	}
	for k, g := range rest {
		end, known := g.finishedAt(ends)
		if !g.live() && (g.info.Size() == 0 || known && !g.holdsMore(end) || isWhole(rest[k:], ends)) {
			continue
		}
		c := choice{rotatedFile: g, lost: at < 0 && !drained && !p.empty(), queued: bytesIn(rest[k+1:])}
		if known {
			c.resume = &end
		}
		return c, true
	}
	return choice{}, false
}

// isWhole reports whether all that the first file holds is in the live one, too; only
// the newest that was rotated can be such a copy.
func isWhole(rest []rotatedFile, ends []Position) bool {
	live := rest[len(rest)-1]
	newer := slices.ContainsFunc(rest[1:], func(g rotatedFile) bool {
		_, known := g.finishedAt(ends)
		return !g.live() && !known
	})
	return live.live() && !newer && rest[0].isCopyUnderWay(live)
}

// find returns the file that a position is in, or -1: the one with its inode and its
// head, else the newest that begins alike and reaches as far.
func find(set []rotatedFile, p Position) int {
	at := slices.IndexFunc(set, func(g rotatedFile) bool {
		return p.isOf(g.info) && g.holds(p)
	})
	for k := len(set) - 1; at < 0 && k >= 0; k-- {
		if g := set[k]; g.holds(p) && (g.compressed() || g.info.Size() >= p.Offset) {
			at = k
		}
	}
	return at
}

// holds reports whether the file begins as the position's does.
func (g rotatedFile) holds(p Position) bool {
	head, err := g.fingerprint()
	return err == nil && p.begins(head)
}

func (g rotatedFile) compressed() bool {
	_, packed := cutCompression(g.path)
	return packed
}

func bytesIn(set []rotatedFile) (n int64) {
	for _, g := range set {
		n += g.info.Size()
	}
	return n
}

// successor reports whether a file comes behind the source in which something stands
// already: then whoever writes the log has moved on to it.
func (f *Follower) successor(s *source) bool {
	set, err := f.files()
	if err != nil {
		return false
	}
	c, ok := next(set, f.at, true, f.ends)
	return ok && !os.SameFile(c.info, s.info) && c.info.Size() > 0
}

// open opens what comes next, nil when there is nothing yet. What was chosen is chosen
// twice: a rotation may come between.
func (f *Follower) open() (*source, error) {
	const tries = 10
	var s *source
	var err error
	for range tries {
		var c choice
		var ok bool
		if c, ok, err = f.next(); err != nil || !ok {
			return nil, err
		}
		if s, err = openSource(c.rotatedFile); err == nil {
			if again, ok, err := f.next(); err == nil && ok && again.same(c.rotatedFile) {
				return f.begin(s, c)
			}
			err = errors.Join(errRewritten, s.close())
		}
		if !c.live() && unreadable(err) {
			f.missing(Gap{Cause: "cannot read a rotated file", File: c.path, Bytes: c.unread(), Err: err})
			f.pass(c.rotatedFile)
		}
	}
	return nil, err
}

// unreadable reports whether trying again is of no use: nobody may read the file, or it is
// not what its name says.
func unreadable(err error) bool {
	_, system := errors.AsType[syscall.Errno](err)
	return errors.Is(err, os.ErrPermission) || !system && !errors.Is(err, errRewritten)
}

// next chooses among the files that are there now.
func (f *Follower) next() (choice, bool, error) {
	set, err := f.files()
	if err != nil {
		return choice{}, false, err
	}
	if f.at.Path == "" { // never seen
		if f.ends == nil {
			f.finishOlder(set)
		}
		if len(set) == 0 || !set[len(set)-1].live() {
			now := f.now()
			f.at = Position{Path: f.file.Path, Modified: now.Add(-coarse).UnixNano(), CaughtUpAt: now.UnixNano()}
			return choice{}, false, nil
		}
		return choice{rotatedFile: set[len(set)-1]}, true, nil
	}
	c, ok := next(set, f.at, f.drained, f.ends)
	return c, ok, nil
}

// pass goes on behind a file that cannot be read.
func (f *Follower) pass(g rotatedFile) {
	f.at = Position{Path: f.at.Path, Modified: g.info.ModTime().UnixNano(), CaughtUpAt: f.at.CaughtUpAt}
	f.drained = true
}

// begin takes up reading where the choice says.
func (f *Follower) begin(s *source, c choice) (*source, error) {
	next, err := f.start(s, c)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.seek(next.Offset); err != nil {
		f.missing(Gap{Cause: "cannot read the rest of a rotated file", File: c.path, Err: err})
		s.at = next.Offset
	}
	next.Path, next.CaughtUpAt = f.file.Path, f.at.CaughtUpAt
	next.Dev, next.Inode = inodeOf(s.info)
	if f.at.Path == "" && f.file.From == FromEnd {
		next.CaughtUpAt = f.now().UnixNano()
	}
	f.at, f.drained, f.unread, f.queued, f.begun = next, false, 0, c.queued, true
	f.stuck.Store(nil)
	f.knowMore(s)
	f.log.Info("reading log file", "file", s.path, "offset", next.Offset)
	return s, nil
}

// start finds the place to begin at, and says what is missed before it.
func (f *Follower) start(s *source, c choice) (p Position, err error) {
	switch {
	case f.at.Path == "" && f.file.From == FromEnd:
		p.Offset, err = s.lastLineEnd()
	case c.resume == nil:
	case s.compressed == nil && s.info.Size() < c.resume.Offset:
		f.missing(Gap{Cause: "log file is shorter than it was", File: c.path})
		p.Offset, err = s.lastLineEnd()
	case !s.ends(*c.resume):
		f.missing(Gap{Cause: "log file holds other lines than those that were read", File: c.path})
		p.Offset, err = s.nextLineEnd(c.resume.Offset)
	default:
		p.Offset, p.Skip, p.Tail = c.resume.Offset, c.resume.Skip, c.resume.Tail
	}
	if c.lost {
		f.missing(Gap{Cause: "the log was rotated or truncated and what came of it is not found", File: f.file.Path, Bytes: f.unread})
	}
	return p, err
}

// knowMore takes what the source has learnt of its file into the position.
func (f *Follower) knowMore(s *source) {
	f.at.Modified = s.info.ModTime().UnixNano()
	if len(s.fingerprint) != f.at.FingerprintSize {
		f.at.Fingerprint, f.at.FingerprintSize = hashOf(s.fingerprint), len(s.fingerprint)
	}
	f.behind.Store(s.unread() + f.queued)
}
