package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// segment is a file of facts by its name: FIRST-TRY.facts. FIRST is the lowest
// sequence number it may hold. TRY counts from 0 and tells apart the segments
// that were begun at the same number because the one before took no fact.
type segment struct {
	first uint64
	try   int
	path  string
	size  int64
}

const segmentSuffix = ".facts"

func segmentPath(dir string, first uint64, try int) string {
	return filepath.Join(dir, fmt.Sprintf("%020d-%d%s", first, try, segmentSuffix))
}

// parseSegment reads a segment's name; false means some other file.
func parseSegment(dir, name string) (segment, bool) {
	stem, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return segment{}, false
	}
	number, count, _ := strings.Cut(stem, "-")
	first, err1 := strconv.ParseUint(number, 10, 64)
	try, err2 := strconv.Atoi(count)
	s := segment{first: first, try: try, path: segmentPath(dir, first, try)}
	return s, err1 == nil && err2 == nil && first > 0 && filepath.Base(s.path) == name
}

// listSegments returns the segments of dir in their order. Files that vanish
// meanwhile were compacted and are left out.
func listSegments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var segments []segment
	for _, entry := range entries {
		s, ok := parseSegment(dir, entry.Name())
		if !ok {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		s.size = info.Size()
		segments = append(segments, s)
	}
	slices.SortFunc(segments, func(a, b segment) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.try, b.try))
	})
	return segments, nil
}

// limit returns the highest sequence number committed to segments[i]: the next
// segment's name says so, and the last one has none.
func limit(segments []segment, i int) (last uint64, open bool) {
	if i == len(segments)-1 {
		return math.MaxUint64 - 1, true
	}
	return segments[i+1].first - 1, false
}

// file is what the journal needs of an open segment. Sync returns when what was
// written is on disk.
type file interface {
	io.WriteCloser
	Sync() error
}

// createSegment begins a segment at first, after any that began there before.
func createSegment(dir string, first uint64) (file, segment, error) {
	segments, err := listSegments(dir)
	if err != nil {
		return nil, segment{}, err
	}
	s := segment{first: first}
	for _, old := range segments {
		if old.first == first {
			s.try = old.try + 1
		}
	}
	s.path = segmentPath(dir, first, s.try)
	f, err := os.OpenFile(s.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, segment{}, err
	}
	if err := syncDir(dir); err != nil {
		return nil, segment{}, errors.Join(err, f.Close(), os.Remove(s.path))
	}
	return diskFile{f}, s, nil
}

// diskFile is a file whose Sync does not wait for what only its times changed.
type diskFile struct{ *os.File }

// Sync puts the written bytes and the file's length on disk.
func (f diskFile) Sync() error {
	if err := datasync(f.File); err != nil {
		return &os.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
	}
	return nil
}

// syncDir puts the names in dir on disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// checkVersions returns ErrVersion for a segment of another version that may hold facts
// after seq: read by this one it would be all damage, and sooner or later be dropped.
func checkVersions(segments []segment, seq uint64) error {
	for k, s := range segments {
		if k+1 < len(segments) && segments[k+1].first <= seq+1 {
			continue // the checkpoint covers it
		}
		b, err := readBeginning(s.path, versionProbe)
		if err != nil {
			continue // verify says it
		}
		if otherVersion(b, factMagic) {
			return fmt.Errorf("read %s: %w: run that one, or move the file away to go on without its facts", s.path, ErrVersion)
		}
	}
	return nil
}

func readBeginning(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
