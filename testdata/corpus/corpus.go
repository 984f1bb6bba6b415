package corpus

import (
	"archive/tar"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

//go:embed *.tar.zst
var archives embed.FS

// The archives, each unpacked when first asked for. Together they are 25 MB.
var unpacked = map[string]func() []file{
	"haproxy-": sync.OnceValue(func() []file { return unpack("lines.tar.zst") }),
	"formats/": sync.OnceValue(func() []file { return unpack("formats.tar.zst") }),
	"rsyslog/": sync.OnceValue(func() []file { return unpack("rsyslog.tar.zst") }),
	"":         sync.OnceValue(func() []file { return unpack("sets.tar.zst") }),
}

// A file is one captured file.
type file struct {
	name string
	data []byte
}

// Files yields the captured files whose path matches glob (path.Match), in the
// order of their names: "haproxy-*/*.log", "formats/*/*/udp_raw.jsonl". Only a
// glob that begins with haproxy-, formats/ or rsyslog/ finds what is there.
// Callers share the bytes and must not change them. It panics on a malformed pattern or
// a damaged archive: both are faults of the test that runs it.
func Files(glob string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, f := range archive(glob) {
			ok, err := path.Match(glob, f.name)
			if err != nil {
				panic(fmt.Errorf("match corpus files %q: %w", glob, err))
			}
			if ok && !yield(f.name, f.data) {
				return
			}
		}
	}
}

// File returns the one captured file of that name, and panics if there is none.
func File(name string) []byte {
	for _, data := range Files(name) {
		return data
	}
	panic(fmt.Errorf("read corpus file %q: no such file", name))
}

// archive returns the files among which those that match glob are.
func archive(glob string) []file {
	for _, folder := range []string{"haproxy-", "formats/", "rsyslog/"} {
		if strings.HasPrefix(glob, folder) {
			return unpacked[folder]()
		}
	}
	return unpacked[""]()
}

func unpack(name string) []file {
	files, err := read(name)
	if err != nil {
		panic(fmt.Errorf("unpack corpus %s: %w", name, err))
	}
	return files
}

func read(name string) ([]file, error) {
	packed, err := archives.ReadFile(name)
	if err != nil {
		return nil, err
	}
	stream, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var files []file
	for members := tar.NewReader(stream); ; {
		head, err := members.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(members)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", head.Name, err)
		}
		files = append(files, file{name: head.Name, data: data})
	}
}
