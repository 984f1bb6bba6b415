package journal

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"haproxy-alert/alert"
)

// What a zero Options field means.
const (
	DefaultSegmentSize = 8 << 20
	DefaultRetain      = 90 * 24 * time.Hour
	DefaultRetainBytes = 1 << 30
)

// Backlog is how many stretches of at most Stretch facts may wait in Committed, beside
// the rest of one commit. When it is full, Append blocks until the reader takes one, its
// context ends or Close: a fact takes about 1 KiB of memory, so a fold that falls behind
// a flood costs 8 MiB and not all there is.
const (
	Backlog = 64
	Stretch = 128
)

// ErrClosed is what a closed journal answers.
var ErrClosed = errors.New("journal is closed")

// Options say where a journal lies and how much history it keeps.
type Options struct {
	// Dir is the folder, made 0700 when it is missing. It must hold nothing else.
	Dir string
	// SegmentSize is the length in bytes at which a segment is closed; one commit
	// is never divided, so a segment may be longer by one commit.
	SegmentSize int64
	// Retain is how long a closed segment is kept after its last write, for `why`.
	Retain time.Duration
	// RetainBytes bounds all segments together; beyond it the oldest go before
	// Retain. Neither removes a fact that a kept checkpoint does not cover.
	RetainBytes int64
	// Log tells what compaction removed; nil discards.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	o.SegmentSize = cmp.Or(o.SegmentSize, DefaultSegmentSize)
	o.Retain = cmp.Or(o.Retain, DefaultRetain)
	o.RetainBytes = cmp.Or(o.RetainBytes, DefaultRetainBytes)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return o
}

// Journal is an open journal. Its methods may be called from any goroutine, but
// a goroutine that reads Committed must not wait in Append: with the backlog full
// it would wait for itself.
type Journal struct {
	options   Options
	lock      *os.File
	committed chan []alert.Fact
	closing   chan struct{}
	closed    sync.Once
	closeErr  error
	handover  sync.WaitGroup

	// turn holds one token; who holds it owns the fields below.
	turn   chan struct{}
	create func(dir string, first uint64) (file, segment, error)
	active file    // nil: the next commit begins a segment
	tail   segment // the active one
	next   uint64  // the sequence number of the next fact

	// checkpoints serialises Checkpoint, which does not need the turn.
	checkpoints sync.Mutex

	mu      sync.Mutex
	waiting []*batch // in the order of their facts
	spare   []byte   // room for the next records
	stats   Stats
}

// Stats are what a journal did since Open and what it holds now.
type Stats struct {
	// Appends counts the calls that ended well, Commits their shared writes,
	// Facts and Bytes what they wrote, Failures the commits that ended in an error.
	Appends, Commits, Facts, Bytes, Failures uint64
	// Stalls counts the commits that the reader was too far behind to be given whole.
	Stalls uint64
	// Seq is the newest durable fact, Checkpoint the newest state's.
	Seq, Checkpoint uint64
	// Segments and Size, in bytes, are the facts on disk.
	Segments int
	Size     int64
}

// Stats returns the counters.
func (j *Journal) Stats() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.stats
}

// Open opens the journal in o.Dir, or begins one, and returns what it holds.
// Damage does not make it fail; that another process has the journal, or that it
// cannot be written, does.
func Open(o Options) (*Journal, Recovery, error) {
	j, recovery, err := open(o.withDefaults())
	if err != nil {
		return nil, Recovery{}, fmt.Errorf("open journal %s: %w", o.Dir, err)
	}
	return j, recovery, nil
}

func open(o Options) (*Journal, Recovery, error) {
	if err := makeDir(o.Dir); err != nil {
		return nil, Recovery{}, err
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, Recovery{}, err
	}
	j := &Journal{
		options:   o,
		lock:      lock,
		committed: make(chan []alert.Fact, Backlog),
		closing:   make(chan struct{}),
		turn:      make(chan struct{}, 1),
		create:    createSegment,
	}
	recovery, err := j.recover()
	if err != nil {
		return nil, Recovery{}, errors.Join(err, lock.Close())
	}
	j.turn <- struct{}{}
	return j, recovery, nil
}

// makeDir makes dir and puts its name on disk; an existing one is left as it is.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// Committed yields every fact that Append made durable, in order, a commit in slices of
// at most Stretch. Close closes it; what was not read by then comes with the next Open.
func (j *Journal) Committed() <-chan []alert.Fact { return j.committed }

// MaySend is always true: nobody else has this journal.
func (j *Journal) MaySend() bool { return true }

// Close waits for the commit under way, then frees the folder and closes
// Committed. Calls of Append that still wait return ErrClosed.
func (j *Journal) Close() error {
	j.closed.Do(func() {
		close(j.closing)
		<-j.turn // for good: nothing is committed any more
		j.handover.Wait()
		close(j.committed)
		j.checkpoints.Lock()
		defer j.checkpoints.Unlock()
		j.closeErr = errors.Join(j.closeActive(), j.lock.Close())
	})
	return j.closeErr
}

// closeActive lets go of the active segment; all it promised is on disk.
func (j *Journal) closeActive() error {
	if j.active == nil {
		return nil
	}
	err := j.active.Close()
	j.active = nil
	return err
}
