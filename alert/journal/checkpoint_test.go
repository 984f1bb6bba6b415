package journal

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func checkpoint(t testing.TB, j *Journal, seq uint64, state string) {
	t.Helper()
	if err := j.Checkpoint(seq, stateOf(state)); err != nil {
		t.Fatal(err)
	}
}

// stateOf writes a state.
func stateOf(state string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, state)
		return err
	}
}

func TestCheckpoint(t *testing.T) {
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir, SegmentSize: 600})
	add(t, j, 1, 10)
	checkpoint(t, j, 3, "three")
	checkpoint(t, j, 7, "seven")
	checkpoint(t, j, 7, "seven again")
	checkpoint(t, j, 9, strings.Repeat("nine", 1000))
	for seq, text := range map[uint64]string{
		8:  "write checkpoint 8: newest checkpoint is 9",
		11: "write checkpoint 11: newest fact is 10",
	} {
		if err := j.Checkpoint(seq, stateOf("")); err == nil || err.Error() != text {
			t.Errorf("error %v, want %s", err, text)
		}
	}
	closeJournal(t, j)
	if seqs, _ := listCheckpoints(dir); !cmp.Equal(seqs, []uint64{9, 7}) {
		t.Errorf("kept %v", seqs)
	}
	_, r := mustOpen(t, Options{Dir: dir})
	if r.Seq != 9 || string(r.State) != strings.Repeat("nine", 1000) {
		t.Errorf("state %d %q", r.Seq, r.State)
	}
	want(t, r, downs(10, 10))
}

// Whatever byte of the newest checkpoint is bad, the one before it and the facts
// since are used, and the next start is clean.
func TestDamagedCheckpoint(t *testing.T) {
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir})
	add(t, j, 1, 4)
	checkpoint(t, j, 2, "two")
	checkpoint(t, j, 3, "three")
	closeJournal(t, j)
	path := checkpointPath(dir, 3)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var versions [][]byte
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 4
		versions = append(versions, bad, good[:i])
	}
	for _, bad := range append(versions, append(good, 0)) {
		put(t, path, bad)
		j, r := mustOpen(t, Options{Dir: dir})
		facts, _ := collect(r.Facts)
		if r.Seq != 2 || string(r.State) != "two" || !cmp.Equal(facts, downs(3, 4)) {
			t.Fatalf("%q: state %d %q, facts %v", bad, r.Seq, r.State, facts)
		}
		if len(r.Damage) != 1 || r.Damage[0].File != path {
			t.Fatalf("%q: damage %v", bad, r.Damage)
		}
		closeJournal(t, j)
		j, r = mustOpen(t, Options{Dir: dir})
		want(t, r, downs(3, 4))
		closeJournal(t, j)
	}
}

func TestCheckpointTempIsRemoved(t *testing.T) {
	dir := t.TempDir()
	temp := filepath.Join(dir, checkpointTemp)
	put(t, temp, []byte("half a checkpoint"))
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, nil)
	if _, err := os.Stat(temp); err == nil {
		t.Error("the remains of a checkpoint stayed")
	}
}

// The folder cannot take the checkpoint: it says so, and the old one counts.
func TestCheckpointFails(t *testing.T) {
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir})
	add(t, j, 1, 2)
	checkpoint(t, j, 1, "one")
	if err := os.MkdirAll(filepath.Join(checkpointPath(dir, 2), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := j.Checkpoint(2, stateOf("two"))
	if err == nil || !strings.HasPrefix(err.Error(), "write checkpoint 2: rename ") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, checkpointTemp)); err == nil {
		t.Error("the temporary file stayed")
	}
	if stats := j.Stats(); stats.Checkpoint != 1 {
		t.Errorf("%+v", stats)
	}
}

func age(t testing.TB, segments []segment) {
	t.Helper()
	old := time.Now().Add(-2 * DefaultRetain)
	for _, s := range segments {
		if err := os.Chtimes(s.path, old, old); err != nil {
			t.Fatal(err)
		}
	}
}

// Segments go when they are old and both kept checkpoints cover them: the
// facts that the older checkpoint needs stay.
func TestCompactByAge(t *testing.T) {
	dir, segments := rotated(t)
	j, _ := mustOpen(t, Options{Dir: dir})
	count := func() int {
		left, err := listSegments(dir)
		if err != nil {
			t.Fatal(err)
		}
		if stats := j.Stats(); stats.Segments != len(left) {
			t.Errorf("stats count %d segments of %d", stats.Segments, len(left))
		}
		return len(left)
	}
	checkpoint(t, j, 10, "")
	checkpoint(t, j, 11, "")
	if n := count(); n != len(segments) {
		t.Fatalf("%d of %d young segments left", n, len(segments))
	}
	age(t, segments)
	checkpoint(t, j, 20, "")
	if left, _ := listSegments(dir); left[0].first > 12 || left[1].first <= 12 {
		t.Fatalf("facts after 11 must stay and no more: %v", left)
	}
	checkpoint(t, j, 20, "")
	checkpoint(t, j, 20, "twenty")
	if err := os.Remove(checkpointPath(dir, 20)); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, j)
	j, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(12, 20))
	checkpoint(t, j, 19, "")
	checkpoint(t, j, 20, "")
	count()
	closeJournal(t, j)
	_, r = mustOpen(t, Options{Dir: dir})
	want(t, r, nil)
	if got, bad := collect(Read(dir)); len(bad) > 0 || got[len(got)-1].Seq != 20 {
		t.Errorf("history %v %v", got, bad)
	}
}

func TestCompactBySize(t *testing.T) {
	dir, segments := rotated(t)
	j, _ := mustOpen(t, Options{Dir: dir, RetainBytes: segments[0].size*2 + 100})
	checkpoint(t, j, 19, "")
	checkpoint(t, j, 20, "")
	if stats := j.Stats(); stats.Size > segments[0].size*2+100 || stats.Segments < 2 {
		t.Errorf("%+v", stats)
	}
	add(t, j, 21, 21)
	closeJournal(t, j)
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(21, 21))
}

// The checkpoint that let facts go is lost, or the facts it covers are: both are
// told, and the numbers go on.
func TestCheckpointWithoutItsFacts(t *testing.T) {
	t.Run("facts lost", func(t *testing.T) {
		dir, segments := rotated(t)
		j, _ := mustOpen(t, Options{Dir: dir})
		checkpoint(t, j, 20, "twenty")
		closeJournal(t, j)
		last := segments[len(segments)-1]
		if err := os.Remove(last.path); err != nil {
			t.Fatal(err)
		}
		j, r := mustOpen(t, Options{Dir: dir})
		if len(r.Damage) != 1 || r.Damage[0].First != last.first || r.Damage[0].Last != 20 || string(r.State) != "twenty" {
			t.Fatalf("%v %q", r.Damage, r.State)
		}
		add(t, j, 21, 22)
		closeJournal(t, j)
		_, r = mustOpen(t, Options{Dir: dir})
		want(t, r, downs(21, 22))
	})
	t.Run("checkpoint lost", func(t *testing.T) {
		dir, segments := rotated(t)
		if err := os.Remove(segments[0].path); err != nil {
			t.Fatal(err)
		}
		_, r := mustOpen(t, Options{Dir: dir})
		facts, _ := collect(r.Facts)
		if len(r.Damage) != 1 || r.Damage[0].First != 1 || r.Damage[0].Last != segments[1].first-1 || facts[0].Seq != segments[1].first {
			t.Errorf("%v %v", r.Damage, facts)
		}
	})
}
