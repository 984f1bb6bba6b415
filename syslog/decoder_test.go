package syslog

import (
	"bytes"
	"slices"
	"testing"

	"haproxy-alert/syslog/internal/sample"
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/wrap"
	"haproxy-alert/testdata/corpus"
)

// peeled are lines in every format and wrapping, and captured ones in each of
// rsyslog's: what a Decoder may meet in any order.
func peeled() (all [][]byte) {
	for _, s := range specimens() {
		for _, text := range []string{sample.Down, sample.Traffic, "", " x", "[WARNING]  (28133) : " + sample.Down} {
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

// TestDecoderAgreesWithBody: whatever line came before, the text is Body's. Each
// frame is tried behind itself, and behind its neighbours.
func TestDecoderAgreesWithBody(t *testing.T) {
	var p Decoder
	known := 0
	for _, frame := range peeled() {
		for range 2 {
			if knows(&p, frame) {
				known++
			}
			if got, want := p.Body(frame), Body(frame); !bytes.Equal(got, want) {
				t.Fatalf("%q is read as\n     %q\nwant %q", frame, got, want)
			}
		}
	}
	if known < 10_000 {
		t.Errorf("only %d lines had a header that was known", known)
	}
}

// knows reports whether the header need not be read.
func knows(p *Decoder, frame []byte) bool {
	_, ok := p.outer.Begins(frame[:scan.TrimmedEnd(frame)])
	return ok
}

// TestDecoderForms changes every byte around and in a wrapped line to all that have a
// meaning there, leaves it out and doubles it: whatever is remembered of the line
// before, the text is Body's.
func TestDecoderForms(t *testing.T) {
	frames := []string{sample.Object("log", "10.0.0.1:5 \"GET /\\\" HTTP/1.1\"\n", "SYSLOG_RAW", sample.Down, "stream", "stdout", "time", sample.Nano)}
	for _, w := range wrappers {
		if w.format != wrap.JournalExport {
			frames = append(frames, w.wrap(specimens()[0].header+sample.Down), w.wrap(sample.Traffic), w.wrap(sample.Down+`",\"x":"\\`))
		}
	}
	tried := 0
	for _, first := range frames {
		var p Decoder
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

// FuzzDecoder holds the memory of one header against Body, for two lines that are
// alike as far as the fuzzer likes.
func FuzzDecoder(f *testing.F) {
	for _, s := range specimens() {
		f.Add([]byte(s.header+sample.Traffic), []byte(s.header+sample.Down), byte(len(s.header)))
		f.Add([]byte(s.header+sample.Traffic), []byte("[ALERT]    (7) : "+sample.Down), byte(len(s.header)))
	}
	for _, w := range wrappers {
		f.Add([]byte(w.wrap(sample.Traffic)), []byte(w.wrap(sample.Down)), byte(30))
	}
	f.Fuzz(func(t *testing.T, first, second []byte, alike byte) {
		n := min(int(alike), len(first))
		for _, frame := range [][]byte{second, slices.Concat(first[:n], second), first} {
			var p Decoder
			p.Body(first)
			if got, want := p.Body(frame), Body(frame); !bytes.Equal(got, want) {
				t.Errorf("%q behind %q:\n got %q\nwant %q", frame, first, got, want)
			}
		}
	})
}

// TestDecoderAllocatesNothing holds the promise of the hot path, JSON with its
// escapes included.
func TestDecoderAllocatesNothing(t *testing.T) {
	for _, frame := range peeled() {
		var p Decoder
		p.Body(frame)
		if n := testing.AllocsPerRun(10, func() { p.Body(frame) }); n != 0 {
			t.Fatalf("%q allocates %v times", frame, n)
		}
	}
}

func BenchmarkDecoder(b *testing.B) {
	for format, header := range headers() {
		frame := []byte(header + sample.Traffic)
		b.Run(format, func(b *testing.B) {
			benchmarkDecoder(b, frame)
		})
	}
	for _, w := range wrappers {
		b.Run(w.format, func(b *testing.B) { benchmarkDecoder(b, []byte(w.wrap(sample.Traffic))) })
	}
}

func benchmarkDecoder(b *testing.B, frame []byte) {
	var p Decoder
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		p.Body(frame)
	}
}
