package journal

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// Two cores make the same records as one, also when a part is longer than its room, and
// whatever number the first fact gets in the end.
func TestManyFacts(t *testing.T) {
	const many = 2 * manyFacts
	for name, long := range map[string][]int{
		"usual": nil, "front": {0}, "behind": {many - 1}, "both": {3, many - 3}, "everywhere": {1, many / 2, many - 2},
	} {
		facts := burst(many)
		for _, n := range long {
			facts[n].Text = strings.Repeat("long ", many*usualRecord/5)
		}
		sizes := make([]int, many)
		want, err := encode(nil, slices.Clone(facts), sizes, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, seq := range []uint64{7, 6} {
			room := bytes.Repeat([]byte{0xee}, int(seq)*1000)
			b, err := newBatch(slices.Clone(facts), room[:0], seq)
			if err != nil {
				t.Fatal(err)
			}
			if next := b.seal(7); next != 7+many || !slices.Equal(b.sizes, sizes) || !bytes.Equal(b.records, want) {
				t.Errorf("%s, sealed as %d: %d bytes up to %d, want %d", name, seq, len(b.records), next, len(want))
			}
		}
	}
}

// A fact that cannot be written refuses its burst, wherever it stands, and leaves no
// trace of the others.
func TestManyFactsRefused(t *testing.T) {
	j, _ := mustOpen(t, Options{Dir: t.TempDir()})
	for _, n := range []int{0, manyFacts - 1} {
		facts := burst(manyFacts)
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
