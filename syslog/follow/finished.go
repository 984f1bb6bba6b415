package follow

import (
	"encoding/binary"
	"os"
	"slices"
)

// maxFinished is how many files of a log are remembered as taken to their end; of more,
// the latest. Rotation keeps fewer, as a rule.
const maxFinished = 64

// finish notes the end of a file of which nothing more is to be given, and tells it to
// the sink. By what it holds the file is known again, whatever name it gets.
func (f *Follower) finish(end Position) {
	if end.empty() {
		return
	}
	f.ends = slices.DeleteFunc(f.ends, func(p Position) bool { return p.Head == end.Head && p.HeadSize == end.HeadSize })
	f.ends = append(f.ends, end)
	f.ends = f.ends[max(0, len(f.ends)-maxFinished):]
	f.taken.Data, f.taken.Cut, f.taken.Position, f.taken.Finished = nil, false, end, true
	f.sink(&f.taken)
	f.taken.Finished = false
}

// finishOlder passes over what had been rotated before the log was first seen.
func (f *Follower) finishOlder(set []generation) {
	for _, g := range set[max(0, len(set)-maxFinished):] {
		head, err := g.head()
		if g.live() || err != nil {
			continue
		}
		end := Position{Path: f.file.Path, Offset: g.info.Size(), Head: hashOf(head), HeadSize: len(head), Modified: g.info.ModTime().UnixNano()}
		end.Dev, end.Inode = inodeOf(g.info)
		f.finish(end)
	}
}

// finishedAt returns where a file was left that had been taken to its end before. Its
// name says nothing: people rename files.
func (g generation) finishedAt(ends []Position) (end Position, ok bool) {
	if len(ends) == 0 || g.info.Size() == 0 {
		return Position{}, false
	}
	head, err := g.head()
	if err != nil {
		return Position{}, false
	}
	for _, end := range slices.Backward(ends) {
		if end.begins(head) && g.is(end) {
			return end, true
		}
	}
	return Position{}, false
}

// is reports whether the file, which begins as that of an end does, is that file: then it
// has not been written to since, or holds the same before the end. Less than 1 KiB may
// stand in two files, where lines have no times; then only the former counts.
func (g generation) is(end Position) bool {
	untouched := g.info.ModTime().UnixNano() <= end.Modified
	whole := end.HeadSize == headSize
	switch size := g.info.Size(); {
	case g.packed():
		return whole || untouched
	case size < end.Offset: // a copy that is being made
		return whole && !g.live()
	case size == end.Offset && untouched:
		return true
	}
	return whole && g.tailAt(end.Offset) == end.Tail
}

// holdsMore reports whether something was written to a file after its end was taken.
func (g generation) holdsMore(end Position) bool {
	return !g.packed() && g.info.Size() > end.Offset
}

// tailAt is Position.Tail for an offset of a plain file.
func (g generation) tailAt(offset int64) uint64 {
	f, err := os.Open(g.path)
	if err != nil {
		return 0
	}
	defer f.Close()
	return tailAt(f, offset)
}

func tailAt(f *os.File, offset int64) uint64 {
	var tail [tailSize]byte
	if _, err := f.ReadAt(tail[:], offset-tailSize); offset < tailSize || err != nil {
		return 0
	}
	return binary.LittleEndian.Uint64(tail[:])
}
