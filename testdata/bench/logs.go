package main

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

// writeLogs writes one log plain, gzip and zstd, as rotation leaves them.
func (b *bench) writeLogs(size int64) (*heap, error) {
	dir, err := b.folder("logs")
	if err != nil {
		return nil, err
	}
	h := &heap{plain: filepath.Join(dir, "haproxy.log"), gz: filepath.Join(dir, "haproxy.log.gz"), zst: filepath.Join(dir, "haproxy.log.zst")}
	plain, err := os.Create(h.plain)
	if err != nil {
		return nil, err
	}
	truth, err := mix.Load{Bytes: size, Clothing: "traditional"}.Write(plain)
	if err := errors.Join(err, plain.Close()); err != nil {
		return nil, err
	}
	h.health = len(truth)
	done := make(chan error)
	go func() {
		done <- pack(h.plain, h.gz, func(w io.Writer) (io.WriteCloser, error) {
			return gzip.NewWriterLevel(w, gzip.DefaultCompression)
		})
	}()
	go func() {
		done <- pack(h.plain, h.zst, func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		})
	}()
	return h, errors.Join(<-done, <-done)
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

func (h *heap) remove() { _ = os.RemoveAll(filepath.Dir(h.plain)) }
