package load

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"haproxy-alert/testdata/mix"
)

// A Log is one log as rotation leaves it, and how many of its lines are about health.
type Log struct {
	Plain, Gzip, Zstd string // paths
	Health            int
}

// WriteLog writes a log of so many bytes into a folder.
func WriteLog(dir, name string, size int64) (Log, error) {
	name = filepath.Join(dir, name)
	l := Log{Plain: name, Gzip: name + ".gz", Zstd: name + ".zst"}
	plain, err := os.Create(l.Plain)
	if err != nil {
		return Log{}, err
	}
	truth, err := mix.Load{Bytes: size, Clothing: "traditional"}.Write(plain)
	if err := errors.Join(err, plain.Close()); err != nil {
		return Log{}, err
	}
	l.Health = len(truth)
	done := make(chan error)
	go func() {
		done <- pack(l.Plain, l.Gzip, func(w io.Writer) (io.WriteCloser, error) {
			return gzip.NewWriterLevel(w, gzip.DefaultCompression)
		})
	}()
	go func() {
		done <- pack(l.Plain, l.Zstd, func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		})
	}()
	return l, errors.Join(<-done, <-done)
}

// pack compresses a file into another one.
func pack(from, to string, packer func(io.Writer) (io.WriteCloser, error)) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	w, err := packer(buffered)
	if err == nil {
		_, err = io.Copy(w, in)
		err = errors.Join(err, w.Close(), buffered.Flush())
	}
	return errors.Join(err, out.Close())
}
