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

// watchPause is how long no change is told after one was: a log that grows line by line is
// looked at two hundred times a second, not for each line.
const watchPause = 5 * time.Millisecond

// watch reports changes in the folder of a log. Without fsnotify the caller looks once a
// second.
type watch struct {
	path    string
	watcher *fsnotify.Watcher // nil: the system gave none
	changed chan struct{}
	done    chan struct{}
	ended   sync.WaitGroup
}

func newWatch(path string, log *slog.Logger) *watch {
	w := &watch{path: path, changed: make(chan struct{}, 1), done: make(chan struct{})}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("no events from the file system, looking once a second", "err", err)
		return w
	}
	w.watcher = watcher
	w.add()
	w.ended.Go(w.run)
	return w
}

// add asks for the events of the folder the log is in, and of the one its link leads
// to. A folder that is not there, or comes anew, is asked again with each tick.
func (w *watch) add() {
	if w.watcher == nil {
		return
	}
	_ = w.watcher.Add(filepath.Dir(w.path)) // the caller looks in any case
	if real, err := filepath.EvalSymlinks(w.path); err == nil && filepath.Dir(real) != filepath.Dir(w.path) {
		_ = w.watcher.Add(filepath.Dir(real))
	}
}

// run reports what concerns the log, and then pauses: meanwhile the kernel puts events that
// are alike into one.
func (w *watch) run() {
	rest := time.NewTimer(watchPause)
	defer rest.Stop()
	for {
		select {
		case <-w.done:
			return
		case e, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			if !w.concerns(e.Name) {
				continue
			}
		case err, ok := <-w.watcher.Errors:
			if !ok {
				return
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				continue
			}
		}
		w.notify()
		rest.Reset(watchPause)
		select {
		case <-w.done:
			return
		case <-rest.C:
		}
	}
}

// concerns reports whether the name may be one of the log's files.
func (w *watch) concerns(name string) bool {
	stem := strings.TrimSuffix(filepath.Base(w.path), filepath.Ext(w.path))
	return filepath.Dir(name) != filepath.Dir(w.path) || strings.HasPrefix(filepath.Base(name), stem)
}

func (w *watch) notify() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// pause waits for a change, for so long at most; its error is ctx's.
func (w *watch) pause(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-w.changed:
	case <-timer.C:
		w.add()
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// close returns when the goroutines of the watch have ended.
func (w *watch) close() {
	close(w.done)
	if w.watcher != nil {
		_ = w.watcher.Close()
	}
	w.ended.Wait()
}
