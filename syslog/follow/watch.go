package follow

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// breath is how long the bell is silent after it rang: a log that grows line by line is
// looked at two hundred times a second, not for each line.
const breath = 5 * time.Millisecond

// bell rings when something happened in the folder of a log. Where it cannot, time does.
type bell struct {
	path    string
	watcher *fsnotify.Watcher // nil: the system gave none
	rung    chan struct{}
	done    chan struct{}
	ended   sync.WaitGroup
}

func newBell(path string, log *slog.Logger) *bell {
	b := &bell{path: path, rung: make(chan struct{}, 1), done: make(chan struct{})}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("no events from the file system, looking once a second", "err", err)
		return b
	}
	b.watcher = w
	b.watch()
	b.ended.Go(b.run)
	return b
}

// watch asks for the events of the folder the log is in, and of the one its link leads
// to. A folder that is not there, or comes anew, is asked again with each tick.
func (b *bell) watch() {
	if b.watcher == nil {
		return
	}
	_ = b.watcher.Add(filepath.Dir(b.path)) // time rings as well
	if real, err := filepath.EvalSymlinks(b.path); err == nil && filepath.Dir(real) != filepath.Dir(b.path) {
		_ = b.watcher.Add(filepath.Dir(real))
	}
}

// run rings for what concerns the log, and then takes its time: meanwhile the kernel
// puts events that are alike into one.
func (b *bell) run() {
	rest := time.NewTimer(breath)
	defer rest.Stop()
	for {
		select {
		case <-b.done:
			return
		case e, ok := <-b.watcher.Events:
			if !ok {
				return
			}
			if !b.concerns(e.Name) {
				continue
			}
		case err, ok := <-b.watcher.Errors:
			if !ok {
				return
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				continue
			}
		}
		b.ring()
		rest.Reset(breath)
		select {
		case <-b.done:
			return
		case <-rest.C:
		}
	}
}

// concerns reports whether the name may be one of the log's files.
func (b *bell) concerns(name string) bool {
	stem := strings.TrimSuffix(filepath.Base(b.path), filepath.Ext(b.path))
	return filepath.Dir(name) != filepath.Dir(b.path) || strings.HasPrefix(filepath.Base(name), stem)
}

func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// pause waits for the bell, for so long at most; its error is ctx's.
func (b *bell) pause(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-b.rung:
	case <-timer.C:
		b.watch()
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// close returns when the bell's goroutines have ended.
func (b *bell) close() {
	close(b.done)
	if b.watcher != nil {
		_ = b.watcher.Close()
	}
	b.ended.Wait()
}
