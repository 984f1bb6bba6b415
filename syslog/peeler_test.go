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
			if p.known(frame[:TrimmedEnd(frame)]) > 0 {
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

// TestPeelerForms changes every byte around and in a wrapped line to all that have a
// meaning there, leaves it out and doubles it: whatever is remembered of the line
// before, the text is Body's.
func TestPeelerForms(t *testing.T) {
	frames := []string{object("log", "10.0.0.1:5 \"GET /\\\" HTTP/1.1\"\n", "SYSLOG_RAW", down, "stream", "stdout", "time", nano)}
	for _, w := range wrappers {
		if w.clothing != JournalExport {
			frames = append(frames, w.wrap(specimens()[0].header+down), w.wrap(traffic), w.wrap(down+`",\"x":"\\`))
		}
	}
	tried := 0
	for _, first := range frames {
		var p Peeler
		for at := range first {
			for _, other := range [...]string{"0", "9", "10", "\"", "\\", "{", "}", "[", ",", ":", "n", "u", " ", "F", "P", "\n", "\x00", "\xff", "", first[at:at+1] + first[at:at+1]} {
				second := []byte(first[:at] + other + first[at+1:])
				want := Body(second)
				p.Body([]byte(first))
				if got := p.Body(second); !bytes.Equal(got, want) {
					t.Fatalf("%q behind %q:\n got %q\nwant %q", second, first, got, want)
				}
				tried++
			}
		}
	}
	if tried < 50_000 {
		t.Errorf("only %d frames", tried)
	}
}

// TestMouldFits: what nearly all lines of a log wrapped in JSON come to is found
// without walking the members, and other lines are not.
func TestMouldFits(t *testing.T) {
	first := object("time", nano, "host", "lb1", "message", traffic, "x", 1)
	for second, want := range map[string]bool{
		first: true,
		object("time", "2027-01-02T03:04:05.000000001Z", "host", "lb2", "message", down+" \"x\"\n", "x", 7): true,
		object("time", nano, "host", "lbx", "message", traffic, "x", 1):                                     false,
		object("time", nano, "host", "lb1", "message", traffic, "MESSAGE", down, "x", 1):                    false,
		object("time", nano, "host", "lb1", "message", traffic, "x", 12):                                    false,
		`{"x":1}`: false,
	} {
		var p Peeler
		p.Body([]byte(first))
		if _, ok := p.wraps.mould.line([]byte(second), &p.wraps.space); ok != want {
			t.Errorf("%s: %v", second, ok)
		}
	}
	for _, k := range keys { // of names that differ in digits alone, no one may be known
		if bytes.ContainsAny([]byte(k.name), "0123456789") {
			t.Errorf("%s has a digit", k.name)
		}
	}
}

// FuzzPeeler holds the memory of one header against Body, for two lines that are
// alike as far as the fuzzer likes.
func FuzzPeeler(f *testing.F) {
	for _, s := range specimens() {
		f.Add([]byte(s.header+traffic), []byte(s.header+down), byte(len(s.header)))
		f.Add([]byte(s.header+traffic), []byte("[ALERT]    (7) : "+down), byte(len(s.header)))
	}
	for _, w := range wrappers {
		f.Add([]byte(w.wrap(traffic)), []byte(w.wrap(down)), byte(30))
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
		if n := testing.AllocsPerRun(10, func() { p.Body(frame) }); n != 0 {
			t.Fatalf("%q allocates %v times", frame, n)
		}
	}
}

func BenchmarkPeeler(b *testing.B) {
	for clothing, header := range headers() {
		frame := []byte(header + traffic)
		b.Run(clothing, func(b *testing.B) {
			benchmarkPeeler(b, frame)
		})
	}
	for _, w := range wrappers {
		b.Run(w.clothing, func(b *testing.B) { benchmarkPeeler(b, []byte(w.wrap(traffic))) })
	}
}

func benchmarkPeeler(b *testing.B, frame []byte) {
	var p Peeler
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		p.Body(frame)
	}
}
