package logfile

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

const (
	// sourceBuffer stands before the decompressors, which read in small bites: xz
	// is seven times as fast behind it.
	sourceBuffer = 1 << 20
	// maxWindow bounds the memory a zstd file can ask for: that of zstd --long.
	maxWindow = 128 << 20
)

// stdin is the name of what is read for "-".
const stdin = "stdin"

// File is a log file being read, compressed or not.
type File struct {
	name       string
	modified   time.Time
	size       int64
	regular    bool              // a file that can be read from anywhere
	compressed bool              // it is compressed
	text       io.Reader         // decompressed
	file       *os.File          // when it is a plain file, to be read from anywhere
	section    *io.SectionReader // of file, what Seek left
	window     Window
	ahead      *readahead // of text
	close      []func() error

	read              atomic.Int64 // of the file
	lines, bytes, cut atomic.Int64
}

// Open opens a log file; "-" is stdin. Plain, gzip, zstd, xz and bzip2 are
// told apart by their first bytes, whatever the name says.
func Open(name string, input io.Reader) (*File, error) {
	l := &File{name: name, modified: time.Now()}
	source := input
	var file *os.File
	if name == "-" {
		l.name = stdin
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open log: %w", err)
		}
		l.close = append(l.close, f.Close)
		source, file = f, f
		if err := l.stat(f); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if pipe, ok := source.(*os.File); ok {
		widen(pipe)
	}
	if err := l.sniff(&meter{source, &l.read}); err != nil {
		return nil, errors.Join(fmt.Errorf("open log %s: %w", l.name, err), l.Close())
	}
	if file != nil && !l.compressed && l.regular {
		l.file = file
	}
	return l, nil
}

func (l *File) stat(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	if info.IsDir() {
		return fmt.Errorf("open log %s: is a folder", l.name)
	}
	l.modified = info.ModTime()
	if l.regular = info.Mode().IsRegular(); l.regular {
		l.size = info.Size()
	}
	return nil
}

// sniff chooses the decompressor by the magic bytes.
func (l *File) sniff(source io.Reader) error {
	// A plain file must not pay for the buffer: give back what was looked at.
	head := make([]byte, len("\xfd7zXZ\x00"))
	n, err := io.ReadFull(source, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	source = io.MultiReader(bytes.NewReader(head), source)
	l.compressed = true
	buffered := func() io.Reader { return bufio.NewReaderSize(source, sourceBuffer) }
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		l.text, err = gzip.NewReader(buffered())
	case isZstd(head):
		err = l.zstd(source)
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		l.text, err = xz.NewReader(buffered())
	case bytes.HasPrefix(head, []byte("BZh")):
		l.text, err = bzip2.NewReader(buffered()), nil
	default:
		l.text, l.compressed, err = source, false, nil
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// isZstd knows a frame and a skippable one (RFC 8878 section 3.1): pzstd begins
// its files with those.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) ||
		len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

func (l *File) zstd(source io.Reader) error {
	z, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return err
	}
	l.text = z
	l.close = append(l.close, func() error { z.Close(); return nil })
	return nil
}

// Lines yields the lines of the log, as a Splitter gives them. A line is valid until the
// next one is asked for. Damage, such as an archive that ends too early, comes last: all
// good lines, then one error, with a nil line.
func (l *File) Lines() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var s Splitter
		defer l.count(&s)
		for {
			err := l.fill(&s)
			for line, _, ok := s.Next(); ok; line, _, ok = s.Next() {
				if !yield(line, nil) {
					return
				}
			}
			l.count(&s)
			if err = cmp.Or(s.Err(), err); err == nil {
				continue
			}
			for line, _, ok := s.restAt(err); ok; line, _, ok = s.restAt(err) {
				if !yield(line, nil) {
					return
				}
			}
			if !errors.Is(err, io.EOF) {
				yield(nil, l.damage(err))
			}
			return
		}
	}
}

// fill reads the next block of the log. What came with an error is good.
func (l *File) fill(s *Splitter) error {
	before := s.filled
	defer func() { l.bytes.Add(s.filled - before) }()
	if l.ahead != nil {
		return l.ahead.fill(s)
	}
	n, err := l.text.Read(s.Space())
	s.Filled(n)
	return err
}

// count adds to what Stats tells.
func (l *File) count(s *Splitter) {
	lines, cut := s.counts()
	l.lines.Add(lines)
	l.cut.Add(cut)
}

// damage is what a reader is told of an error that is no end of the log.
func (l *File) damage(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("compressed data ends too early: %w", err)
	}
	return fmt.Errorf("read log %s: %w", l.name, err)
}

// Read reads what the log holds, decompressed. A log is read so, or by its lines.
func (l *File) Read(p []byte) (int, error) { return l.text.Read(p) }

// Compressed reports whether the log is: then it does not grow, and is read from its
// beginning.
func (l *File) Compressed() bool { return l.compressed }

// Close closes the file; stdin stays open.
func (l *File) Close() error {
	var errs []error
	for _, end := range slices.Backward(l.close) {
		errs = append(errs, end())
	}
	l.close = nil
	return errors.Join(errs...)
}

// Name returns the file's name, "stdin" for "-".
func (l *File) Name() string { return l.name }

// Modified returns when the file was written last, for Timeline.Written; of stdin
// the moment it was opened.
func (l *File) Modified() time.Time { return l.modified }

// Stats tells how far a Log was read. It may be asked while another goroutine
// reads.
type Stats struct {
	// Lines and Bytes (decompressed, with line ends) were read so far. A journal's
	// entry is one line.
	Lines, Bytes int64
	// Cut lines were longer than MaxLine; so were entries that lost a field, and
	// lines in parts that lost one.
	Cut int64
	// Read bytes of Size were taken from the file, for a progress bar. Size is 0
	// for what is no regular file.
	Read, Size int64
}

// Stats returns how far the log was read.
func (l *File) Stats() Stats {
	return Stats{
		Lines: l.lines.Load(), Bytes: l.bytes.Load(), Cut: l.cut.Load(),
		Read: l.read.Load(), Size: l.size,
	}
}

// meter counts what is read.
type meter struct {
	io.Reader
	n *atomic.Int64
}

// Read reads and counts.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.n.Add(int64(n))
	return n, err
}
