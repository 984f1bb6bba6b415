package follow

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"haproxy-alert/syslog/logfile"
)

// rotatedFile is one file of a log: the live one, or what it was before a rotation.
type rotatedFile struct {
	path   string
	info   fs.FileInfo
	number int    // N of haproxy.log.N, or -1
	label  string // what rotation put into the name; empty: the live one
}

func (g rotatedFile) live() bool { return g.label == "" }

// compression is how compressors end names.
var compression = regexp.MustCompile(`\.(gz|zst|zstd|xz|bz2)$`)

// rotation is what logrotate, savelog, Kubernetes and rsyslog's scripts put into the
// name: a number or a date, with a blank of their choice before it. Any other file whose
// name begins alike is another log.
var rotation = regexp.MustCompile(`^[-._](\d[-\d_.:T]*|old)$`)

// numbered is logrotate's default.
var numbered = regexp.MustCompile(`^\.(\d{1,5})$`)

// labelOf returns what rotation put into a name: behind it, as logrotate does by
// default, or before its extension.
func labelOf(name, base string) (label string, ok bool) {
	name = compression.ReplaceAllString(name, "")
	ext := filepath.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	label, ok = strings.CutPrefix(name, base)
	if !ok && ext != "" && strings.HasSuffix(name, ext) {
		label, ok = strings.CutPrefix(strings.TrimSuffix(name, ext), stem)
	}
	return label, ok && rotation.MatchString(label)
}

// listFiles lists the files of the log at path, the oldest first, the live one last;
// with those of olddir, where that is not empty. There is a list, and an error beside it,
// when only olddir cannot be listed.
func listFiles(path, olddir string) ([]rotatedFile, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	// Rotation takes several steps: what is seen twice alike was not seen amid one.
	const tries = 10
	var set []rotatedFile
	var err error
	for range tries {
		var once []rotatedFile
		once, err = listFolders(path, olddir)
		if once == nil {
			return nil, err
		}
		if set != nil && slices.EqualFunc(set, once, rotatedFile.same) {
			break
		}
		set = once
	}
	return inOrder(set), err
}

// listFolders looks into the folders once.
func listFolders(path, olddir string) ([]rotatedFile, error) {
	dir, base := filepath.Split(path)
	set, err := listFolder(cmp.Or(dir, "."), base)
	if err != nil || olddir == "" {
		return set, err
	}
	old, err := listFolder(olddir, base)
	return append(set, slices.DeleteFunc(old, rotatedFile.live)...), err
}

func (g rotatedFile) same(other rotatedFile) bool {
	return g.path == other.path && os.SameFile(g.info, other.info)
}

// listFolder looks into one folder. What is a compressor's work in progress is left out: the
// plain file is still there.
func listFolder(dir, base string) ([]rotatedFile, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return []rotatedFile{}, nil
	}
	if err != nil {
		return nil, err
	}
	set, plain := []rotatedFile{}, map[string]bool{}
	for _, entry := range entries {
		label, rotated := labelOf(entry.Name(), base)
		if entry.Name() != base && !rotated {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, entry.Name()))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		plain[entry.Name()] = true
		g := rotatedFile{path: filepath.Join(dir, entry.Name()), info: info, number: -1, label: label}
		if m := numbered.FindStringSubmatch(label); m != nil {
			g.number, _ = strconv.Atoi(m[1])
		}
		set = append(set, g)
	}
	return slices.DeleteFunc(set, func(g rotatedFile) bool {
		name, packed := cutCompression(filepath.Base(g.path))
		return packed && plain[name]
	}), nil
}

func cutCompression(name string) (plain string, packed bool) {
	plain = compression.ReplaceAllString(name, "")
	return plain, plain != name
}

// inOrder sorts by number where all have one of their own, else by when they were written
// last: copies and compressors keep that, or are followed by what is later still.
func inOrder(set []rotatedFile) []rotatedFile {
	seen := map[int]bool{}
	byNumber := !slices.ContainsFunc(set, func(g rotatedFile) bool {
		again := seen[g.number]
		seen[g.number] = true
		return !g.live() && (g.number < 0 || again)
	})
	slices.SortFunc(set, func(a, b rotatedFile) int {
		switch {
		case a.live() || b.live():
			return cmp.Compare(len(b.label), len(a.label))
		case byNumber:
			return cmp.Compare(b.number, a.number)
		}
		return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), cmp.Compare(b.number, a.number), cmp.Compare(a.label, b.label))
	})
	return set
}

// fingerprint returns the first bytes of what the file holds, decompressed.
func (g rotatedFile) fingerprint() ([]byte, error) {
	log, err := logfile.Open(g.path, nil)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	head := make([]byte, fingerprintSize)
	n, err := io.ReadFull(log, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// isCopyUnderWay reports whether the file is a copy that copytruncate has begun, or
// ended, while the live file is still whole: what it holds is read from there.
func (g rotatedFile) isCopyUnderWay(live rotatedFile) bool {
	copied, err := g.fingerprint()
	if err != nil || len(copied) == 0 {
		return false
	}
	whole, err := live.fingerprint()
	info, err2 := os.Stat(live.path)
	return err == nil && err2 == nil && info.Size() >= g.info.Size() && bytes.HasPrefix(whole, copied)
}

// finishedAt returns where a file was left that had been taken to its end before. Its
// name says nothing: people rename files.
func (g rotatedFile) finishedAt(ends []Position) (end Position, ok bool) {
	if len(ends) == 0 || g.info.Size() == 0 {
		return Position{}, false
	}
	head, err := g.fingerprint()
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
func (g rotatedFile) is(end Position) bool {
	untouched := g.info.ModTime().UnixNano() <= end.Modified
	whole := end.FingerprintSize == fingerprintSize
	switch size := g.info.Size(); {
	case g.compressed():
		return whole || untouched
	case size < end.Offset: // a copy that is being made
		return whole && !g.live()
	case size == end.Offset && untouched:
		return true
	}
	return whole && g.tailAt(end.Offset) == end.Tail
}

// holdsMore reports whether something was written to a file after its end was taken.
func (g rotatedFile) holdsMore(end Position) bool {
	return !g.compressed() && g.info.Size() > end.Offset
}

// tailAt is Position.Tail for an offset of a plain file.
func (g rotatedFile) tailAt(offset int64) uint64 {
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
