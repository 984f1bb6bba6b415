package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
)

// written returns the bytes of a segment with the facts 1 to n and where each
// record ends.
func written(t testing.TB, n int) (data []byte, ends []int) {
	t.Helper()
	b, err := newBatch(downs(1, n), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	b.seal(1)
	end := 0
	for _, size := range b.sizes {
		end += size
		ends = append(ends, end)
	}
	return b.records, ends
}

// folder makes a journal of one segment that holds data.
func folder(t testing.TB, data []byte) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	put(t, segmentPath(dir, 1, 0), data)
	return dir
}

func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Wherever a crash cuts the segment, the whole records before it are the facts,
// the rest is told once, and the journal goes on behind it.
func TestEveryTruncation(t *testing.T) {
	data, ends := written(t, 4)
	whole, begin := 0, 0
	for cut := range len(data) + 1 {
		if whole < len(ends) && cut == ends[whole] {
			begin = cut
			whole++
		}
		dir := folder(t, data[:cut])
		j, r := mustOpen(t, Options{Dir: dir})
		facts, bad := collect(r.Facts)
		if len(bad) > 0 || !cmp.Equal(facts, downs(1, whole)) {
			t.Fatalf("cut at %d: %v %v", cut, facts, bad)
		}
		torn := cut - begin
		if torn == 0 && len(r.Damage) > 0 {
			t.Fatalf("cut at %d: %v", cut, r.Damage)
		}
		if torn > 0 && (len(r.Damage) != 1 || r.Damage[0].Offset != int64(begin) || r.Damage[0].Bytes != int64(torn)) {
			t.Fatalf("cut at %d: damage %v, want %d bytes at %d", cut, r.Damage, torn, begin)
		}
		add(t, j, whole+1, whole+1)
		closeJournal(t, j)
		j, r = mustOpen(t, Options{Dir: dir})
		want(t, r, downs(1, whole+1))
		closeJournal(t, j)
	}
}

// A flipped byte costs the record it is in and no other, and is always told.
func TestEveryFlip(t *testing.T) {
	data, ends := written(t, 4)
	hit := 0
	for offset := range data {
		if offset == ends[hit] {
			hit++
		}
		flipped := bytes.Clone(data)
		flipped[offset] ^= 1 << (offset % 8)
		dir := folder(t, flipped)
		j, r := mustOpen(t, Options{Dir: dir})
		wanted := append(downs(1, hit), downs(hit+2, 4)...)
		facts, bad := collect(r.Facts)
		if len(bad) > 0 || !cmp.Equal(facts, wanted) {
			t.Fatalf("flip at %d: %v %v", offset, facts, bad)
		}
		if len(r.Damage) != 1 || r.Damage[0].Offset > int64(offset) || r.Damage[0].Offset+r.Damage[0].Bytes <= int64(offset) {
			t.Fatalf("flip at %d: damage %v", offset, r.Damage)
		}
		if d := r.Damage[0]; hit < 3 && (d.First != uint64(hit)+1 || d.Last != d.First) {
			t.Fatalf("flip at %d: missing facts %d to %d", offset, d.First, d.Last)
		}
		closeJournal(t, j)
		if kept, _ := os.ReadFile(segmentPath(dir, 1, 0)); !bytes.Equal(kept, flipped) {
			t.Fatalf("flip at %d: the damaged segment was changed", offset)
		}
	}
}

// Every value of every byte, on the scanner alone.
func TestEveryByteValue(t *testing.T) {
	data, ends := written(t, 3)
	hit := 0
	for offset, was := range data {
		if offset == ends[hit] {
			hit++
		}
		for value := range 256 {
			data[offset] = byte(value)
			var seqs []uint64
			faults := 0
			s := scanner{data: data, limit: 1 << 62, open: true}
			s.scan(func(r record, d *Damage) bool {
				if d != nil {
					faults++
				} else {
					seqs = append(seqs, r.seq)
				}
				return true
			})
			lost := byte(value) != was
			if lost != (faults == 1) || lost == (len(seqs) == 3) || len(seqs) < 2 {
				t.Fatalf("%#x at %d: records %v, %d faults", value, offset, seqs, faults)
			}
		}
		data[offset] = was
	}
}

func TestTails(t *testing.T) {
	data, ends := written(t, 6)
	zeros := make([]byte, 4096)
	foreign := bytes.Clone(data[:ends[1]])
	for name, test := range map[string]struct {
		data  []byte
		facts int
		at    int
	}{
		"4 KB of zeros appended": {append(bytes.Clone(data), zeros...), 6, ends[5]},
		"one zero appended":      {append(bytes.Clone(data), 0), 6, ends[5]},
		"garbage appended":       {append(bytes.Clone(data), "\xff garbage \xffHA1\xffHA1 more"...), 6, ends[5]},
		"its own start appended": {append(bytes.Clone(data), foreign...), 6, ends[5]},
		"last 100 bytes zeroed":  {append(bytes.Clone(data[:len(data)-100]), zeros[:100]...), 5, ends[4]},
		"all zeroed but one":     {append(bytes.Clone(data[:ends[0]]), make([]byte, len(data)-ends[0])...), 1, ends[0]},
		"all zeroed":             {make([]byte, len(data)), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, test.data)
			j, r := mustOpen(t, Options{Dir: dir})
			facts, bad := collect(r.Facts)
			if len(bad) > 0 || !cmp.Equal(facts, downs(1, test.facts)) {
				t.Fatalf("%v %v", facts, bad)
			}
			if len(r.Damage) == 0 || r.Damage[0].Offset != int64(test.at) {
				t.Fatalf("damage %v, want it at %d", r.Damage, test.at)
			}
			var bytes int64
			for _, d := range r.Damage {
				bytes += d.Bytes
			}
			if bytes != int64(len(test.data)-test.at) {
				t.Fatalf("%d bytes told of %d", bytes, len(test.data)-test.at)
			}
			add(t, j, test.facts+1, test.facts+3)
			closeJournal(t, j)
			_, r = mustOpen(t, Options{Dir: dir})
			want(t, r, downs(1, test.facts+3))
		})
	}
}

// rotated makes a journal of several segments, of facts 1 to 20.
func rotated(t testing.TB) (dir string, segments []segment) {
	t.Helper()
	dir = t.TempDir()
	j, _ := mustOpen(t, Options{Dir: dir, SegmentSize: 600})
	add(t, j, 1, 20)
	closeJournal(t, j)
	segments, err := listSegments(dir)
	if err != nil || len(segments) < 4 {
		t.Fatal(segments, err)
	}
	return dir, segments
}

func TestLostSegment(t *testing.T) {
	dir, segments := rotated(t)
	first, last := segments[1].first, segments[2].first-1
	if err := os.Remove(segments[1].path); err != nil {
		t.Fatal(err)
	}
	_, r := mustOpen(t, Options{Dir: dir})
	facts, _ := collect(r.Facts)
	if !cmp.Equal(facts, append(downs(1, int(first)-1), downs(int(last)+1, 20)...)) {
		t.Errorf("facts %v", facts)
	}
	if len(r.Damage) != 1 || r.Damage[0].First != first || r.Damage[0].Last != last {
		t.Errorf("damage %v, want %d to %d", r.Damage, first, last)
	}
}

func TestTornInTheMiddle(t *testing.T) {
	dir, segments := rotated(t)
	if err := os.Truncate(segments[1].path, segments[1].size-1); err != nil {
		t.Fatal(err)
	}
	gone := segments[2].first - 1
	wanted := append(downs(1, int(gone)-1), downs(int(gone)+1, 20)...)
	text := fmt.Sprintf("read journal %s: offset %d, %d bytes: record is cut short; fact %d is missing",
		segments[1].path, segments[1].size*3/4, segments[1].size/4-1, gone)
	facts, bad := collect(Read(dir))
	if !cmp.Equal(facts, wanted) {
		t.Errorf("facts %v", facts)
	}
	if len(bad) != 1 || bad[0].Error() != text {
		t.Errorf("faults %v\nwant %s", bad, text)
	}
	_, r := mustOpen(t, Options{Dir: dir})
	if got, _ := collect(r.Facts); !cmp.Equal(got, wanted) || len(r.Damage) != 1 {
		t.Errorf("facts %v, damage %v", got, r.Damage)
	}
}

// A segment that the disk cannot give back costs its own facts and no others.
func TestUnreadableSegment(t *testing.T) {
	dir, segments := rotated(t)
	if err := os.Remove(segments[1].path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(segments[1].path, 0o700); err != nil { // read: is a directory
		t.Fatal(err)
	}
	first, last := int(segments[1].first), int(segments[2].first)-1
	_, r := mustOpen(t, Options{Dir: dir})
	facts, bad := collect(r.Facts)
	if !cmp.Equal(facts, append(downs(1, first-1), downs(last+1, 20)...)) || len(bad) > 0 {
		t.Errorf("facts %v, faults %v", facts, bad)
	}
	if len(r.Damage) != 2 || r.Damage[0].First != uint64(first) || r.Damage[0].Last != uint64(last) {
		t.Errorf("damage %v, want facts %d to %d", r.Damage, first, last)
	}
}

// A reader beside the daemon says nothing of a record that is just being
// written, but tells a bad one.
func TestReadBesideWriter(t *testing.T) {
	data, _ := written(t, 3)
	if facts, bad := collect(Read(folder(t, data[:len(data)-5]))); len(facts) != 2 || len(bad) != 0 {
		t.Errorf("cut: %v %v", facts, bad)
	}
	data[len(data)-5] ^= 1
	if facts, bad := collect(Read(folder(t, data))); len(facts) != 2 || len(bad) != 1 {
		t.Errorf("flipped: %v %v", facts, bad)
	}
	if _, bad := collect(Read(filepath.Join(t.TempDir(), "none"))); len(bad) != 1 {
		t.Errorf("no folder: %v", bad)
	}
	for f, err := range Read(folder(t, data)) {
		if f.Seq != 1 || err != nil {
			t.Errorf("%v %v", f, err)
		}
		break // the iterator must bear it
	}
}

// A record that is whole but no fact is told and does not hide the next.
func TestUnknownFact(t *testing.T) {
	b, _ := newBatch([]alert.Fact{down(1), down(2), down(3)}, nil, 0)
	at := bytes.Index(b.records[b.sizes[0]:], []byte("observed")) + b.sizes[0]
	copy(b.records[at:], "preserve")
	b.seal(1)
	_, r := mustOpen(t, Options{Dir: folder(t, b.records)})
	facts, bad := collect(r.Facts)
	if len(facts) != 2 || facts[1].Seq != 3 || len(bad) != 1 || len(r.Damage) != 0 {
		t.Errorf("%v %v %v", facts, bad, r.Damage)
	}
}
