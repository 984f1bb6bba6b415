package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

var start = time.Date(2026, 11, 20, 10, 0, 0, 123456789, time.UTC)

// down is the n-th fact of the tests: its text tells it from all others.
func down(n int) alert.Fact {
	return alert.Fact{
		Kind:  alert.Observed,
		Time:  start.Add(time.Duration(n) * time.Second),
		Event: parse.Event{Kind: parse.ServerDown, Proxy: "bk"},
		Text:  fmt.Sprintf("fact %d", n),
	}
}

// downs are the facts first to last, as the journal numbers them from 1.
func downs(first, last int) []alert.Fact {
	var facts []alert.Fact
	for n := first; n <= last; n++ {
		f := down(n)
		f.Seq = uint64(n)
		facts = append(facts, f)
	}
	return facts
}

func mustOpen(t testing.TB, o Options) (*Journal, Recovery) {
	t.Helper()
	j, recovery, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, recovery
}

// drain lets Append go on and throws away what is committed.
func drain(j *Journal) {
	for len(j.committed) > 0 {
		<-j.committed
	}
}

// add appends the facts first to last, one call each.
func add(t testing.TB, j *Journal, first, last int) {
	t.Helper()
	for n := first; n <= last; n++ {
		drain(j)
		if err := j.Append(t.Context(), []alert.Fact{down(n)}); err != nil {
			t.Fatal(err)
		}
	}
}

func closeJournal(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// collect parts what a reader yields.
func collect(facts iter.Seq2[alert.Fact, error]) (good []alert.Fact, bad []error) {
	for f, err := range facts {
		if err != nil {
			bad = append(bad, err)
			continue
		}
		good = append(good, f)
	}
	return good, bad
}

// want checks that a recovery holds just these facts and no fault.
func want(t testing.TB, r Recovery, facts []alert.Fact) {
	t.Helper()
	got, bad := collect(r.Facts)
	if diff := cmp.Diff(facts, got); diff != "" {
		t.Fatalf("facts (-want +got):\n%s", diff)
	}
	if r.Count != len(facts) {
		t.Fatalf("Count is %d of %d facts", r.Count, len(facts))
	}
	if len(bad)+len(r.Damage) > 0 {
		t.Fatalf("faults in a good journal: %v %v", bad, r.Damage)
	}
}

func TestAppendIsReplayed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	j, r := mustOpen(t, Options{Dir: dir})
	want(t, r, nil)
	if err := j.Append(t.Context(), []alert.Fact{down(1), down(2)}); err != nil {
		t.Fatal(err)
	}
	add(t, j, 3, 5)
	closeJournal(t, j)

	j, r = mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 5))
	add(t, j, 6, 6)
	if got, _ := collect(Read(dir)); !cmp.Equal(got, downs(1, 6)) {
		t.Errorf("Read beside an open journal: %v", got)
	}
	if segments, _ := listSegments(dir); len(segments) != 1 {
		t.Errorf("a clean segment was not continued: %v", segments)
	}
}

func TestCommittedIsWhatWillBeRead(t *testing.T) {
	facts := []alert.Fact{
		{Kind: alert.Observed, Time: time.Now(), Text: "not \xff\xfe UTF-8", Event: parse.Event{Info: "\x00\xc3"}},
		{Kind: alert.Observed, Time: start, At: time.Now(), Text: `says \ufffd and ` + "\ufffd <b>&\u2028"},
		{Kind: alert.Delivered, Time: start, Channel: "ops", Notice: "0123456789abcdef", Done: []string{}},
		{Kind: alert.Failed, Time: start, Done: []string{"a@b", "\xff"}, Error: "no"},
		{Kind: alert.Observed, Time: start, Event: parse.Event{
			Kind: parse.CheckFailed, Code: parse.Number{Value: 0, Said: true}, StatusNum: parse.Number{Value: -3, Said: true},
		}, Source: alert.Source{PID: 7, Severity: -1}},
	}
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir})
	if err := j.Append(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	committed := <-j.Committed()
	closeJournal(t, j)
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, committed)
}

func TestSegmentsRotate(t *testing.T) {
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir, SegmentSize: 500})
	add(t, j, 1, 20)
	stats := j.Stats()
	closeJournal(t, j)
	segments, err := listSegments(dir)
	if err != nil || len(segments) < 5 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	var size int64
	for _, s := range segments {
		if size += s.size; s.size > 500 {
			t.Errorf("%s has %d bytes", s.path, s.size)
		}
	}
	if stats.Segments != len(segments) || stats.Size != size || stats.Bytes != uint64(size) || stats.Seq != 20 {
		t.Errorf("stats %+v of %d segments, %d bytes", stats, len(segments), size)
	}
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, 20))
}

func TestAppendRefuses(t *testing.T) {
	j, _ := mustOpen(t, Options{Dir: t.TempDir()})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	huge, late := down(1), down(1)
	huge.Text = strings.Repeat("x", maxRecord)
	late.Time = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		ctx  context.Context
		fact alert.Fact
		want string
	}{
		"ended context":  {ended, down(1), "append 1 facts: context canceled"},
		"too long":       {t.Context(), huge, "append 1 facts: encode fact: record is longer than any can be: "},
		"not encodeable": {t.Context(), late, "append 1 facts: encode fact: "},
	} {
		err := j.Append(test.ctx, []alert.Fact{test.fact})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %s", name, err, test.want)
		}
	}
	if err := j.Append(t.Context(), nil); err != nil {
		t.Errorf("no facts: %v", err)
	}
	closeJournal(t, j)
	if err := j.Append(t.Context(), []alert.Fact{down(1)}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if err := j.Checkpoint(0, stateOf("")); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, more := <-j.Committed(); more {
		t.Error("refused facts were committed")
	}
}

// When the reader sleeps, Append waits, ends with its context, and goes on in
// order as soon as the reader wakes.
func TestBacklogHoldsAppend(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		j, _ := mustOpen(t, Options{Dir: dir})
		for n := 1; n <= Backlog+1; n++ {
			if err := j.Append(t.Context(), []alert.Fact{down(n)}); err != nil {
				t.Fatal(err)
			}
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := j.Append(short, []alert.Fact{down(0)}); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Append with a full backlog: %v", err)
		}
		done := make(chan error)
		go func() { done <- j.Append(t.Context(), []alert.Fact{down(Backlog + 2)}) }()
		synctest.Wait()
		for _, f := range downs(1, Backlog+1) {
			if got := <-j.Committed(); !cmp.Equal(got, []alert.Fact{f}) {
				t.Fatalf("committed %v, want %v", got, f)
			}
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := <-j.Committed(); got[0].Seq != Backlog+2 {
			t.Fatalf("committed %v", got)
		}
		if stats := j.Stats(); stats.Stalls == 0 || stats.Appends != Backlog+2 {
			t.Errorf("%+v", stats)
		}
	})
}

// A commit is handed over in stretches, and the backlog counts those: however large
// the commits, no more facts wait.
func TestBacklogIsBoundedInFacts(t *testing.T) {
	const commits = Backlog/10 + 1
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		j, _ := mustOpen(t, Options{Dir: dir})
		for n := range commits { // the last one does not fit
			if err := j.Append(t.Context(), downs(n*10*Stretch+1, (n+1)*10*Stretch)); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(j.Committed()); n != Backlog {
			t.Errorf("%d stretches wait, want %d", n, Backlog)
		}
		var got []alert.Fact
		for len(got) < commits*10*Stretch {
			stretch := <-j.Committed()
			if len(stretch) > Stretch {
				t.Errorf("a stretch of %d facts", len(stretch))
			}
			got = append(got, stretch...)
		}
		if d := cmp.Diff(downs(1, commits*10*Stretch), got); d != "" {
			t.Error(d)
		}
	})
}

// Close frees an Append that waits, keeps what was durable, and leaves no
// goroutine: synctest fails when one is left.
func TestCloseFreesAppend(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		j, _ := mustOpen(t, Options{Dir: dir})
		for n := 1; n <= Backlog+1; n++ {
			if err := j.Append(t.Context(), []alert.Fact{down(n)}); err != nil {
				t.Fatal(err)
			}
		}
		done := make(chan error)
		go func() { done <- j.Append(t.Context(), []alert.Fact{down(0)}) }()
		synctest.Wait()
		closeJournal(t, j)
		if err := <-done; !errors.Is(err, ErrClosed) {
			t.Errorf("waiting Append: %v", err)
		}
		n := 0
		for range j.Committed() {
			n++
		}
		if n != Backlog {
			t.Errorf("%d stretches could be read after Close, want %d", n, Backlog)
		}
	})
	_, r := mustOpen(t, Options{Dir: dir})
	want(t, r, downs(1, Backlog+1))
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir})
	_, _, err := Open(Options{Dir: dir})
	text := fmt.Sprintf("open journal %s: held by process %d", dir, os.Getpid())
	if err == nil || err.Error() != text {
		t.Errorf("error %v, want %s", err, text)
	}
	closeJournal(t, j)
	j, _ = mustOpen(t, Options{Dir: dir})
	closeJournal(t, j)

	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = Open(Options{Dir: filepath.Join(plain, "sub")})
	if err == nil || !strings.HasPrefix(err.Error(), "open journal "+plain+"/sub: ") {
		t.Errorf("folder in a file: %v", err)
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	j, _ := mustOpen(t, Options{Dir: dir})
	add(t, j, 1, 1)
	if err := j.Checkpoint(1, stateOf("state")); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("folder is %v", info.Mode())
	}
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if info, _ := entry.Info(); info.Mode() != 0o600 {
			t.Errorf("%s is %v", entry.Name(), info.Mode())
		}
	}
	if len(entries) != 3 {
		t.Errorf("%d files", len(entries))
	}
}

// TestFactsAhead: who stops in the midst of the facts leaves nothing running, and may
// begin again.
func TestFactsAhead(t *testing.T) {
	dir := t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir})
	const all = 3 * aheadParts * aheadFacts
	committed := j.Committed()
	go func() {
		for range committed {
			continue
		}
	}()
	if err := j.Append(t.Context(), burst(all)); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, j)
	j, r := mustOpen(t, Options{Dir: dir})
	defer closeJournal(t, j)
	for _, wanted := range []int{1, aheadFacts, aheadFacts + 1, all} {
		synctest.Test(t, func(t *testing.T) { // which ends only when all that runs in it does
			n := uint64(0)
			for f, err := range r.Facts {
				if n++; err != nil || f.Seq != n {
					t.Fatalf("fact %d comes as %d, %v", n, f.Seq, err)
				}
				if int(n) == wanted {
					break
				}
			}
			if int(n) != wanted {
				t.Errorf("%d facts, want %d", n, wanted)
			}
		})
	}
}
