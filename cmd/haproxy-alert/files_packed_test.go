package main

import (
	"errors"
	"io"
	"os/exec"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// packed are the ways to keep a log.
var packed = map[string]func(io.Writer) (io.WriteCloser, error){
	"plain": func(w io.Writer) (io.WriteCloser, error) { return asItIs{w}, nil },
	"gz":    func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestSpeed) },
	"zst": func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest))
	},
	"xz":  func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
	"bz2": bzip2Writer,
}

// slow are the ways in which a large log takes too long to write, and how large it is
// with them.
var slow = map[string]int64{"xz": 2 << 20, "bz2": 2 << 20}

// bzip2Writer packs by the program of that name: Go's library only unpacks.
func bzip2Writer(w io.Writer) (io.WriteCloser, error) {
	cmd := exec.Command("bzip2", "-1")
	cmd.Stdout = w
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return program{in, cmd}, cmd.Start()
}

// program is one that is written to.
type program struct {
	io.WriteCloser
	cmd *exec.Cmd
}

func (p program) Close() error { return errors.Join(p.WriteCloser.Close(), p.cmd.Wait()) }

type asItIs struct{ io.Writer }

func (asItIs) Close() error { return nil }
