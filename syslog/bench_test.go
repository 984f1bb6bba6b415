package syslog

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"haproxy-alert/syslog/internal/sample"
	"haproxy-alert/syslog/logfile"
)

// headers are the commonest one of each format.
func headers() map[string]string {
	first := map[string]string{}
	for _, s := range specimens() {
		if _, ok := first[s.want.Format]; !ok {
			first[s.want.Format] = s.header
		}
	}
	return first
}

// TestBodyAllocatesNothing holds the promise of the hot path.
func TestBodyAllocatesNothing(t *testing.T) {
	for _, s := range specimens() {
		frame := []byte(s.header + sample.Traffic)
		if n := testing.AllocsPerRun(10, func() { Body(frame) }); n != 0 {
			t.Errorf("Body(%q) allocates %v times", frame, n)
		}
	}
}

func BenchmarkBody(b *testing.B) {
	for format, header := range headers() {
		frame := []byte(header + sample.Traffic)
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(len(frame)))
			b.ReportAllocs()
			for b.Loop() {
				Body(frame)
			}
		})
	}
}

// BenchmarkBodyOfWrapped is what traffic costs in each wrapping, and what a line
// of HAProxy's own JSON costs, which is none.
func BenchmarkBodyOfWrapped(b *testing.B) {
	frames := map[string]string{"haproxy": `{"time":"21/Nov/2026:07:38:47.479","client":"127.0.0.1","frontend":"fe_http","backend":"be_nocheck","server":"nc1","status":200,"bytes":61,"ua":"Mozilla/5.0 (X11; Linux x86_64)","request":"GET /nocheck/e HTTP/1.1"}`}
	for _, w := range wrappers {
		frames[w.format] = w.wrap("<134>Nov 21 07:37:38 lb1 haproxy[6700]: " + sample.Traffic)
	}
	for format, frame := range frames {
		data := []byte(frame)
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				Body(data)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for format, header := range headers() {
		frame := []byte(header + sample.Down)
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(frame, near)
			}
		})
	}
}

func BenchmarkLines(b *testing.B) {
	name := filepath.Join(b.TempDir(), "x.log")
	text := bytes.Repeat([]byte("Nov 21 07:37:38 lb1 haproxy[6700]: "+sample.Traffic+"\n"), 500_000)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		b.Fatal(err)
	}
	for what, use := range map[string]func([]byte) []byte{"lines": func(p []byte) []byte { return p }, "body": Body} {
		b.Run(what, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				l, err := logfile.Open(name, nil)
				if err != nil {
					b.Fatal(err)
				}
				for line, err := range l.Lines() {
					if err != nil {
						b.Fatal(err)
					}
					use(line)
				}
				if err := l.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTimeline is a health line of a file, with its time.
func BenchmarkTimeline(b *testing.B) {
	line := Timeline{Location: time.UTC, Written: near.Near}
	frame := []byte("Nov 21 07:37:38 lb1 haproxy[6700]: " + sample.Down)
	b.ReportAllocs()
	for b.Loop() {
		line.Parse(frame)
	}
}
