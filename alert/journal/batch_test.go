package journal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// The records are the same whatever number the first fact gets in the end.
func TestSealedAgain(t *testing.T) {
	want, err := newBatch(burst(10), nil, 7)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newBatch(burst(10), nil, 6)
	if err != nil {
		t.Fatal(err)
	}
	if next := again.seal(7); next != 17 || want.seal(7) != 17 || !bytes.Equal(again.records, want.records) {
		t.Errorf("up to %d:\n%q\nwant\n%q", next, again.records, want.records)
	}
}

// A fact that cannot be written refuses its burst, wherever it stands, and leaves no
// trace of the others.
func TestBadFactRefusesBurst(t *testing.T) {
	j, _ := mustOpen(t, Options{Dir: t.TempDir()})
	for _, n := range []int{0, 99} {
		facts := burst(100)
		facts[n].Kind = 99
		if err := j.Append(t.Context(), facts); err == nil || !strings.Contains(err.Error(), "unknown kind FactKind(99)") {
			t.Errorf("fact %d: %v", n, err)
		}
	}
	if stats := j.Stats(); stats.Size != 0 || stats.Segments != 0 || stats.Commits != 0 {
		t.Errorf("%+v", stats)
	}
}

// What lies behind the facts of a call is not the journal's, also when calls share a
// commit.
func TestFactsBehindAreLeft(t *testing.T) {
	j, _ := mustOpen(t, Options{Dir: t.TempDir()})
	all := downs(1, 3)
	first, err1 := newBatch(all[:1], nil, 1)
	last, err2 := newBatch(all[2:], nil, 1)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if _, facts, _ := j.arrange([]*batch{first, last}); len(facts) != 2 || facts[1].Text != "fact 3" {
		t.Error(facts)
	}
	if all[1].Text != "fact 2" {
		t.Errorf("overwritten by %v", all[1])
	}
}
