package journal

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"haproxy-alert/alert"
)

// disk makes segments whose writes and syncs fail when told to.
type disk struct {
	noCreate, noSync error
	room             int // bytes until ENOSPC; -1: no end
	opened, syncs    int
	blocked          chan struct{} // a sync waits for it unless nil
}

type diskSegment struct {
	*disk
	file
	broken bool
}

func (d *disk) create(dir string, first uint64) (file, segment, error) {
	if d.noCreate != nil {
		return nil, segment{}, d.noCreate
	}
	d.opened++
	f, s, err := createSegment(dir, first)
	return &diskSegment{disk: d, file: f}, s, err
}

func (s *diskSegment) Write(b []byte) (int, error) {
	if s.broken {
		panic("write after an error")
	}
	if s.room < 0 || s.room >= len(b) {
		return s.file.Write(b)
	}
	s.broken = true
	n, err := s.file.Write(b[:s.room])
	s.room = 0
	return n, errors.Join(err, unix.ENOSPC)
}

func (s *diskSegment) Sync() error {
	if s.broken {
		panic("sync after an error")
	}
	s.syncs++
	if s.blocked != nil {
		<-s.blocked
	}
	s.broken = s.noSync != nil
	return errors.Join(s.noSync, s.file.Sync())
}

func openOn(t testing.TB, dir string, d *disk) *Journal {
	j, _ := mustOpen(t, Options{Dir: dir})
	if err := j.closeActive(); err != nil {
		t.Fatal(err)
	}
	j.create = d.create
	return j
}

func refuse(t testing.TB, j *Journal, n int, cause error) {
	t.Helper()
	err := j.Append(t.Context(), []alert.Fact{down(n)})
	if !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "append 1 facts: ") {
		t.Fatalf("Append: %v, want %v", err, cause)
	}
	if len(j.Committed()) > 0 {
		t.Fatal("a refused fact was committed")
	}
}

// What a failed sync left in the file is no fact once the next call succeeds,
// though it reads well; and the failed file is never touched again (diskSegment
// panics).
func TestSyncError(t *testing.T) {
	dir := t.TempDir()
	d := &disk{room: -1}
	j := openOn(t, dir, d)
	add(t, j, 1, 3)
	drain(j)
	d.noSync = unix.EIO
	refuse(t, j, 99, unix.EIO)
	refuse(t, j, 98, unix.EIO)
	d.noSync = nil
	add(t, j, 4, 6)
	if d.opened != 3 {
		t.Errorf("%d segments opened, want 3", d.opened)
	}
	if stats := j.Stats(); stats.Failures != 2 || stats.Seq != 6 || stats.Segments != 2 {
		t.Errorf("%+v", stats)
	}
	segments, _ := listSegments(dir)
	if old, _ := os.ReadFile(segments[0].path); !strings.Contains(string(old), "fact 99") {
		t.Error("the failed sync left nothing behind: the test tests nothing")
	}
	closeJournal(t, j)
	if got, bad := collect(Read(dir)); len(bad) > 0 || !cmp.Equal(got, downs(1, 6)) {
		t.Errorf("Read: %v %v", got, bad)
	}
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 6))
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	d := &disk{room: -1}
	j := openOn(t, dir, d)
	add(t, j, 1, 2)
	drain(j)
	d.room = 30 // a header and some
	for range 5 {
		refuse(t, j, 3, unix.ENOSPC)
	}
	d.noCreate = unix.ENOSPC
	refuse(t, j, 3, unix.ENOSPC)
	segments, _ := listSegments(dir)
	if stats := j.Stats(); len(segments) != 1 || stats.Segments != 1 || stats.Size != segments[0].size {
		t.Errorf("the tries left %v, %+v", segments, stats)
	}
	*d = disk{room: -1}
	add(t, j, 3, 5)
	closeJournal(t, j)
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 5))
}

// The daemon dies with the disk full: the torn record is told, and the facts go
// on behind it.
func TestDiskFullThenCrash(t *testing.T) {
	dir := t.TempDir()
	d := &disk{room: -1}
	j := openOn(t, dir, d)
	add(t, j, 1, 2)
	drain(j)
	d.room = 30
	refuse(t, j, 3, unix.ENOSPC)
	closeJournal(t, j)
	j, r := mustOpen(t, Options{Dir: dir})
	if got, _ := collect(r.Facts); !cmp.Equal(got, downs(1, 2)) || len(r.Damage) != 1 || r.Damage[0].Bytes != 30 {
		t.Fatalf("%v %v", got, r.Damage)
	}
	add(t, j, 3, 3)
	closeJournal(t, j)
	_, r = mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 3))
}

// A segment that could not be removed and one begun at the same number: the
// later try counts.
func TestSecondTryCounts(t *testing.T) {
	dir := t.TempDir()
	b, _ := newBatch([]alert.Fact{down(77)}, nil, 0)
	b.seal(1)
	put(t, segmentPath(dir, 1, 0), b.records)
	f, s, err := createSegment(dir, 1)
	if err != nil || s.try != 1 {
		t.Fatal(s, err)
	}
	b, _ = newBatch([]alert.Fact{down(1)}, nil, 0)
	b.seal(1)
	if _, err := f.Write(b.records); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 1))
}

// Calls that wait while a sync runs share the next one, in the order they came;
// one whose context ends while it waits is left out.
func TestGroupCommit(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: -1, blocked: make(chan struct{})}
		j := openOn(t, dir, d)
		done := make(chan error)
		call := func(ctx context.Context, first, last int) {
			go func() { done <- j.Append(ctx, downs(first, last)) }()
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(t.Context())
		call(t.Context(), 1, 2)
		for n := 3; n < 20; n += 2 {
			call(t.Context(), n, n+1)
		}
		call(ctx, 90, 99)
		call(t.Context(), 21, 21)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("withdrawn call: %v", err)
		}
		if len(j.Committed()) > 0 {
			t.Error("committed before the sync")
		}
		close(d.blocked)
		for range 11 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if stats := j.Stats(); d.syncs != 2 || stats.Commits != 2 || stats.Appends != 11 || stats.Facts != 21 {
			t.Errorf("%d syncs, %+v", d.syncs, stats)
		}
		closeJournal(t, j)
		var got []alert.Fact
		for facts := range j.Committed() {
			got = append(got, facts...)
		}
		if diff := cmp.Diff(downs(1, 21), got); diff != "" {
			t.Errorf("committed (-want +got):\n%s", diff)
		}
	})
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 21))
}

// All calls that shared a failed commit hear of it.
func TestGroupFails(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: -1, noSync: unix.EIO, blocked: make(chan struct{})}
		j := openOn(t, dir, d)
		done := make(chan error)
		for n := range 5 {
			go func() { done <- j.Append(t.Context(), downs(n+1, n+1)) }()
		}
		synctest.Wait()
		close(d.blocked)
		for range 5 {
			if err := <-done; !errors.Is(err, unix.EIO) {
				t.Error(err)
			}
		}
		closeJournal(t, j)
	})
}
