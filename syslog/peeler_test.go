package syslog

import (
	"bytes"
	"slices"
	"testing"

	"haproxy-alert/testdata/corpus"
)

// peeled are lines in every clothing and wrapping, and captured ones in each of
// rsyslog's: what a Peeler may meet in any order.
func peeled() (all [][]byte) {
	for _, s := range specimens() {
		for _, text := range []string{down, traffic, "", " x", "[WARNING]  (28133) : " + down} {
			line := s.header + text
			all = append(all, []byte(line))
			for _, w := range wrappers {
				all = append(all, []byte(w.wrap(line)))
			}
		}
	}
	for _, data := range corpus.Files("rsyslog/*/*.log") {
		all = append(all, bytes.Split(data[:min(len(data), 100_000)], []byte{'\n'})...)
	}
	return all
}

// TestPeelerAgreesWithBody: whatever line came before, the text is Body's. Each
// frame is tried behind itself, and behind its neighbours.
func TestPeelerAgreesWithBody(t *testing.T) {
	var p Peeler
	known := 0
	for _, frame := range peeled() {
		for range 2 {
			if p.known(frame[:trimmedEnd(frame)]) > 0 {
				known++
			}
			if got, want := p.Body(frame), Body(frame); !bytes.Equal(got, want) {
				t.Fatalf("%q behind %q:\n got %q\nwant %q", frame, p.head, got, want)
			}
		}
	}
	if known < 10_000 {
		t.Errorf("only %d lines had a header that was known", known)
	}
}

// FuzzPeeler holds the memory of one header against Body, for two lines that are
// alike as far as the fuzzer likes.
func FuzzPeeler(f *testing.F) {
	for _, s := range specimens() {
		f.Add([]byte(s.header+traffic), []byte(s.header+down), byte(len(s.header)))
		f.Add([]byte(s.header+traffic), []byte("[ALERT]    (7) : "+down), byte(len(s.header)))
	}
	f.Fuzz(func(t *testing.T, first, second []byte, alike byte) {
		n := min(int(alike), len(first))
		for _, frame := range [][]byte{second, slices.Concat(first[:n], second), first} {
			var p Peeler
			p.Body(first)
			if got, want := p.Body(frame), Body(frame); !bytes.Equal(got, want) {
				t.Errorf("%q behind %q:\n got %q\nwant %q", frame, first, got, want)
			}
		}
	})
}

// TestPeelerAllocatesNothing holds the promise of the hot path, JSON with its
// escapes included.
func TestPeelerAllocatesNothing(t *testing.T) {
	for _, frame := range peeled() {
		var p Peeler
		p.Body(frame)
		if n := testing.AllocsPerRun(2, func() { p.Body(frame) }); n != 0 {
			t.Fatalf("%q allocates %v times", frame, n)
		}
	}
}

func BenchmarkPeeler(b *testing.B) {
	for clothing, header := range headers() {
		frame := []byte(header + traffic)
		b.Run(clothing, func(b *testing.B) {
			var p Peeler
			b.SetBytes(int64(len(frame)))
			b.ReportAllocs()
			for b.Loop() {
				p.Body(frame)
			}
		})
	}
}
