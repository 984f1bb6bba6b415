package follow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"haproxy-alert/syslog/logfile"
)

// What a look at a file may find out. Both say that its position must be looked for anew.
var (
	errRewritten = errors.New("the file was truncated or written anew")
	errBegun     = errors.New("an empty file was written to")
)

// source is one file of a log being read. A plain one may grow; what is compressed is
// read once, to its end.
type source struct {
	path        string
	file        *os.File      // plain
	compressed  *logfile.File // or compressed
	info        fs.FileInfo
	fingerprint []byte // its first bytes, headSize at the most
	probe       []byte // of the next comparison
	at          int64  // what is read next, decompressed
	begun       bool   // something has come that was not NUL
	grown       time.Time
}

// openSource opens a file of a log, the one that was listed and no other.
func openSource(g rotatedFile) (*source, error) {
	s := &source{path: g.path, probe: make([]byte, fingerprintSize)}
	if !g.live() {
		log, err := logfile.Open(g.path, nil)
		if err != nil {
			return nil, err
		}
		if log.Compressed() {
			s.compressed = log
			s.info, err = os.Stat(g.path)
			if err == nil {
				s.fingerprint, err = g.fingerprint()
			}
			return s.sameAs(g, err)
		}
		_ = log.Close()
	}
	f, err := os.Open(g.path)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	s.file = f
	if s.info, err = f.Stat(); err == nil {
		err = s.readFingerprint()
	}
	return s.sameAs(g, err)
}

// sameAs makes sure that the file was not rotated between list and open.
func (s *source) sameAs(g rotatedFile, err error) (*source, error) {
	if err == nil && (!os.SameFile(s.info, g.info) || s.info.Size() < g.info.Size()) {
		err = errRewritten
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.grown = s.info.ModTime()
	return s, nil
}

func (s *source) close() error {
	if s.compressed != nil {
		return s.compressed.Close()
	}
	return s.file.Close()
}

// seek goes to an offset. That of a compressed file is reached by reading.
func (s *source) seek(offset int64) error {
	s.at, s.begun = offset, offset > 0
	if s.compressed == nil || offset == 0 {
		return nil
	}
	_, err := io.CopyN(io.Discard, s.compressed, offset)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// look reads what stands behind what was read so far: nothing when there is no more as
// yet, io.EOF when there never will be.
//
// What it has read it trusts only when the file is still the same one afterwards: when
// a file is truncated and written again between two looks, no line is read from its
// middle.
func (s *source) look(p []byte) (int, error) {
	if s.compressed != nil {
		n, err := s.compressed.Read(p)
		s.at += int64(n)
		return n, err
	}
	n, err := s.file.ReadAt(p, s.at)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	info, err := s.file.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size() < s.at+int64(n) {
		return 0, errRewritten
	}
	if info.Size() == s.info.Size() && info.ModTime().Equal(s.info.ModTime()) && n == 0 {
		return 0, nil
	}
	if len(s.fingerprint) == 0 {
		return 0, errBegun
	}
	s.info = info
	if err := s.verify(); err != nil {
		return 0, err
	}
	s.at += int64(n)
	return s.without(p[:n]), nil
}

// without leaves out the hole at a file's beginning: whoever does not append writes on
// where he was when copytruncate has emptied the file.
func (s *source) without(p []byte) int {
	if s.begun {
		return len(p)
	}
	text := bytes.TrimLeft(p, "\x00")
	s.begun = len(text) > 0
	return copy(p, text)
}

// verify reads the file's head again; it may have grown, but not changed.
func (s *source) verify() error {
	n, err := s.file.ReadAt(s.probe, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.HasPrefix(s.probe[:n], s.fingerprint) {
		return errRewritten
	}
	if n > len(s.fingerprint) {
		s.fingerprint = append(s.fingerprint, s.probe[len(s.fingerprint):n]...)
	}
	return nil
}

func (s *source) readFingerprint() error {
	s.fingerprint = nil
	return s.verify()
}

// lastLineEnd returns what follows the file's last line end; of a line without an end
// that is longer than any may be, its end.
func (s *source) lastLineEnd() (int64, error) {
	size := s.info.Size()
	from := max(0, size-logfile.MaxLine)
	tail := make([]byte, size-from)
	n, err := s.file.ReadAt(tail, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	end := bytes.LastIndexByte(tail[:n], '\n')
	if end < 0 && from > 0 {
		return size, nil
	}
	return from + int64(end) + 1, nil
}

// tailSize is how much before a position is compared.
const tailSize = 8

// ends reports whether the position's last bytes stand before its offset.
func (s *source) ends(p Position) bool {
	return s.compressed != nil || p.Tail == 0 || tailAt(s.file, p.Offset) == p.Tail
}

// tail is Position.Tail of what was read so far.
func (s *source) tail() uint64 {
	if s.compressed != nil {
		return 0
	}
	return tailAt(s.file, s.at)
}

// nextLineEnd returns where the first line begins that does so at an offset or behind it.
func (s *source) nextLineEnd(offset int64) (int64, error) {
	at, err := logfile.LineAfter(s.file, max(0, offset-1), s.info.Size())
	if err != nil || at < 0 {
		return s.lastLineEnd()
	}
	return at, nil
}

// unread is how many bytes behind what was read the file has, as far as can be told.
func (s *source) unread() int64 {
	if s.compressed != nil {
		return 0
	}
	return max(0, s.info.Size()-s.at)
}
