package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"haproxy-alert/syslog/internal/scan"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// bzipped is "one\ntwo\r\nthree" by bzip2(1): no Go package writes it.
const bzipped = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xb1\x68\x8f\xad\x00\x00\x04\xc1\x80\x00\x12\x02\x41\x94\x80\x20\x00" +
	"\x31\x06\x4c\x41\x03\x4d\x1e\xa5\x5b\x7a\xbb\x04\x10\xfc\x5d\xc9\x14\xe1\x42\x42\xc5\xa2\x3e\xb4"

// packers write the other archives.
var packers = map[string]func(io.Writer) (io.WriteCloser, error){
	"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	"zstd": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	"xz":   func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
}

func pack(t *testing.T, kind string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := packers[kind](&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll reads all lines and the error that ended them.
func readAll(t *testing.T, l *File) (lines []string, fault error) {
	t.Helper()
	for line, err := range l.Lines() {
		if err != nil {
			fault = err
			continue
		}
		if fault != nil {
			t.Error("a line came after the error")
		}
		lines = append(lines, string(line))
	}
	return lines, fault
}

func openBytes(t *testing.T, r io.Reader) *File {
	t.Helper()
	l, err := Open("-", r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// TestLogKinds reads the same text in every packing, from a file and from stdin.
func TestLogKinds(t *testing.T) {
	const text = "one\ntwo\r\nthree"
	kinds := map[string][]byte{"plain": []byte(text), "bzip2": []byte(bzipped)}
	for kind := range packers {
		kinds[kind] = pack(t, kind, []byte(text))
	}
	// Archives strung together are one log, as rotated ones often are.
	for _, kind := range []string{"gzip", "zstd", "xz"} {
		kinds[kind+" twice"] = slices.Concat(pack(t, kind, []byte("one\ntw")), pack(t, kind, []byte("o\nthree")))
	}
	kinds["pzstd"] = slices.Concat([]byte("\x50\x2a\x4d\x18\x04\x00\x00\x00size"), pack(t, "zstd", []byte(text)))
	for kind, packed := range kinds {
		name := filepath.Join(t.TempDir(), "haproxy.log")
		if err := os.WriteFile(name, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		written := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
		if err := os.Chtimes(name, written, written); err != nil {
			t.Fatal(err)
		}
		file, err := Open(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []*File{file, openBytes(t, bytes.NewReader(packed)), openBytes(t, iotest.OneByteReader(bytes.NewReader(packed)))} {
			got, err := readAll(t, l)
			if err != nil || !slices.Equal(got, []string{"one", "two", "three"}) {
				t.Errorf("%s, %s: %q, %v", kind, l.Name(), got, err)
			}
			st := l.Stats()
			if wanted := int64(len(text)); st.Lines != 3 || st.Cut != 0 || st.Read != int64(len(packed)) || st.Bytes < wanted-1 || st.Bytes > wanted {
				t.Errorf("%s, %s: counted %+v, %d bytes packed", kind, l.Name(), st, len(packed))
			}
		}
		if !file.Modified().Equal(written) || file.Stats().Size != int64(len(packed)) || file.Name() != name {
			t.Errorf("%s: modified %v, size %d, name %q", kind, file.Modified(), file.Stats().Size, file.Name())
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLogDamage: an archive that breaks off gives what it has, then one error.
func TestLogDamage(t *testing.T) {
	var text bytes.Buffer
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		fmt.Fprintf(&text, "%d %x\n", i, noise.Uint64())
	}
	for kind := range packers {
		packed := pack(t, kind, text.Bytes())
		l := openBytes(t, bytes.NewReader(packed[:len(packed)*3/4]))
		got, err := readAll(t, l)
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "read log stdin: compressed data ends too early") {
			t.Errorf("%s: error %v", kind, err)
		}
		if len(got) < 5_000 || !strings.HasPrefix(text.String(), strings.Join(got, "\n")) {
			t.Errorf("%s: %d lines of 20000 were read, or not the first ones", kind, len(got))
		}
	}
	for _, magic := range []string{"\x1f\x8b", "\xfd7zXZ\x00"} {
		if _, err := Open("-", strings.NewReader(magic)); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q alone: %v", magic, err)
		}
	}
	broken := errors.New("disk on fire")
	l := openBytes(t, io.MultiReader(strings.NewReader("one\ntwo"), iotest.ErrReader(broken)))
	if got, err := readAll(t, l); !errors.Is(err, broken) || !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOpenLogFaults(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Open(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Error(err)
	}
}

// TestLongLines: a line over MaxLine keeps its beginning, and the next is whole.
func TestLongLines(t *testing.T) {
	for _, size := range []int{MaxLine - 1, MaxLine, MaxLine + 1, MaxLine + block, 3*MaxLine + 17} {
		for _, last := range []string{"", "\nnext\n"} {
			l := openBytes(t, strings.NewReader("first\n"+strings.Repeat("x", size)+last))
			got, err := readAll(t, l)
			want := []string{"first", strings.Repeat("x", min(size, MaxLine))}
			if last != "" {
				want = append(want, "next")
			}
			cut := int64(0)
			if size > MaxLine {
				cut = 1
			}
			if st := l.Stats(); err != nil || !slices.Equal(got, want) || st.Cut != cut || st.Lines != int64(len(want)) {
				t.Errorf("%d bytes: %d lines, %v, counted %+v", size, len(got), err, st)
			}
		}
	}
}

// TestLinesStop: who stops reading gets no further line.
func TestLinesStop(t *testing.T) {
	l := openBytes(t, strings.NewReader("one\ntwo\nthree\n"))
	for line, err := range l.Lines() {
		if err != nil || string(line) != "one" {
			t.Fatalf("%q, %v", line, err)
		}
		break
	}
	if n := l.Stats().Lines; n != 1 {
		t.Errorf("%d lines counted", n)
	}
}

// FuzzLines: whatever the reads bring, the lines are those between the line ends.
func FuzzLines(f *testing.F) {
	f.Add([]byte("one\ntwo\r\nthree"), byte(3))
	f.Add([]byte("\n\n\x00\n"), byte(1))
	f.Add([]byte("\x1f\x8b"), byte(1))
	f.Fuzz(func(t *testing.T, text []byte, bite byte) {
		l, err := Open("-", bites{bytes.NewReader(text), int(bite) + 1})
		if err != nil || l.close != nil || bytes.HasPrefix(text, []byte("\x1f\x8b")) || bytes.HasPrefix(text, []byte("BZh")) || bytes.HasPrefix(text, []byte("\xfd7zXZ")) {
			if l != nil {
				l.Close()
			}
			return // an archive, and no good one
		}
		if formatOf(text) != plainLines {
			return // FuzzEntries and FuzzJoiner have those
		}
		var want []string
		for line := range bytes.Lines(text) {
			want = append(want, string(line[:scan.TrimmedEnd(line)]))
		}
		if got, err := readAll(t, l); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q in bites of %d: %q, %v", text, bite, got, err)
		}
	})
}

// bites reads at most n bytes at once.
type bites struct {
	io.Reader
	n int
}

func (b bites) Read(p []byte) (int, error) { return b.Reader.Read(p[:min(len(p), b.n)]) }
