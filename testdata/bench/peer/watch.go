package peer

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"
)

// AwaitWritten returns when words stand in one of the files of health lines.
func (r *Receiver) AwaitWritten(ctx context.Context, words string, within time.Duration) error {
	w := watch{glob: r.kept, words: []byte(words), seen: map[string]int64{}}
	return r.Await(ctx, within, "write "+words, w.found)
}

// watch reads what is added to files.
type watch struct {
	glob  string
	words []byte
	seen  map[string]int64
}

func (w *watch) found() bool {
	paths, _ := filepath.Glob(w.glob)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		from := max(0, w.seen[path]-int64(len(w.words)))
		info, err := f.Stat()
		added := make([]byte, 0)
		if err == nil {
			added = make([]byte, max(0, info.Size()-from))
			n, _ := f.ReadAt(added, from)
			added = added[:n]
			w.seen[path] = from + int64(n)
		}
		_ = f.Close()
		if bytes.Contains(added, w.words) {
			return true
		}
	}
	return false
}
