package journal

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
)

// scanAll returns what a last segment of these bytes holds.
func scanAll(data []byte) (records []record, damage []Damage) {
	s := scanner{data: data, limit: 1 << 62, open: true}
	s.scan(func(r record, d *Damage) bool {
		if d != nil {
			damage = append(damage, *d)
		} else {
			records = append(records, r)
		}
		return true
	})
	return records, damage
}

// FuzzReplay takes any bytes for a segment. Every byte is in a good record or in
// one damaged stretch, numbers rise, what is given out passes its checksum, and a
// prefix of the bytes replays a prefix of the records.
func FuzzReplay(f *testing.F) {
	data, ends := written(f, 3)
	f.Add(data, uint(len(data)))
	f.Add(data, uint(ends[1]+5))
	f.Add(data[:ends[2]-1], uint(0))
	f.Add(append(bytes.Clone(data[:ends[0]]), data[ends[1]:]...), uint(7))
	f.Add(append(bytes.Clone(data), data...), uint(ends[1]))
	f.Add(make([]byte, 100), uint(50))
	f.Add([]byte(factMagic+factMagic+"\x00\x00\x00"), uint(6))
	f.Fuzz(func(t *testing.T, data []byte, cut uint) {
		records, damage := scanAll(data)
		var last uint64
		covered := int64(0)
		for _, r := range records {
			if r.seq <= last {
				t.Fatalf("fact %d after %d", r.seq, last)
			}
			last = r.seq
			covered += headerSize + int64(len(r.payload))
			again := append(make([]byte, headerSize), r.payload...)
			sealHeader(again[:headerSize], again[headerSize:], factMagic, r.seq)
			if !bytes.Contains(data, again) {
				t.Fatalf("fact %d is not in the bytes", r.seq)
			}
		}
		end := int64(0)
		for _, d := range damage {
			if d.Offset < end || d.Bytes == 0 && d.First == 0 {
				t.Fatalf("%v at or before %d", d, end)
			}
			end = d.Offset + d.Bytes
			covered += d.Bytes
		}
		if covered != int64(len(data)) || end > int64(len(data)) {
			t.Fatalf("%d of %d bytes told, up to %d", covered, len(data), end)
		}
		part, _ := scanAll(data[:min(cut, uint(len(data)))])
		if len(part) > len(records) || !slices.EqualFunc(part, records[:len(part)], func(a, b record) bool {
			return a.seq == b.seq && bytes.Equal(a.payload, b.payload)
		}) {
			t.Fatalf("a prefix replays %v of %v", part, records)
		}
	})
}

// FuzzFolder opens any two files as a journal: it opens, what it yields keeps
// the order, and facts appended after that are there at the next start.
func FuzzFolder(f *testing.F) {
	data, ends := written(f, 3)
	sealed := append(make([]byte, headerSize), "state"...)
	sealHeader(sealed[:headerSize], sealed[headerSize:], checkpointMagic, 2)
	f.Add(data, sealed)
	f.Add(data[:ends[0]], sealed)
	f.Add(data[:ends[2]-3], sealed[:9])
	f.Add([]byte{}, []byte{0})
	f.Fuzz(func(t *testing.T, data, checkpoint []byte) {
		dir := folder(t, data)
		put(t, checkpointPath(dir, 2), checkpoint)
		j, r := mustOpen(t, Options{Dir: dir})
		last := r.Seq
		facts, bad := collect(r.Facts)
		for _, f := range facts {
			if f.Seq <= last {
				t.Fatalf("fact %d after %d", f.Seq, last)
			}
			last = f.Seq
		}
		if len(facts)+len(bad) != r.Count {
			t.Fatalf("%d facts and %d faults of %d", len(facts), len(bad), r.Count)
		}
		add(t, j, 1, 2)
		closeJournal(t, j)
		_, again := mustOpen(t, Options{Dir: dir})
		got, _ := collect(again.Facts)
		if len(got) != len(facts)+2 || again.Seq != r.Seq {
			t.Fatalf("%d facts after %d, then %d after %d", len(facts), r.Seq, len(got), again.Seq)
		}
		for i := range 2 {
			g := got[len(facts)+i]
			if g.Seq = 0; !cmp.Equal(g, down(i+1)) {
				t.Fatalf("%v", g)
			}
		}
	})
}

// FuzzPayload: what is committed is what a restart reads, for any text.
func FuzzPayload(f *testing.F) {
	f.Add("Server bk/s1 is DOWN", "Connection refused", "a@b", int64(0))
	f.Add("\xff\xc3(", `\ufffd`, "\ufffd", int64(-1))
	f.Add("\u2028<&>\x00\x1f\x7f\"\\", "\xed\xa0\x80", "", int64(1<<40))
	f.Fuzz(func(t *testing.T, text, info, done string, nanos int64) {
		fact := down(1)
		fact.Text, fact.Event.Info, fact.Done = text, info, []string{done}
		fact.At = start.Add(time.Duration(nanos))
		b, err := newBatch([]alert.Fact{fact}, nil, 0)
		if err != nil {
			t.Skip(err)
		}
		read, err := decode(b.records[headerSize:])
		if err != nil || !cmp.Equal(read, b.facts[0]) {
			t.Fatalf("%v\n%s", err, cmp.Diff(b.facts[0], read))
		}
		if bytes.Contains(b.records[headerSize:], []byte{factMagic[0]}) {
			t.Fatal("the payload holds the magic's first byte")
		}
	})
}
