package logfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/internal/sample"
	"haproxy-alert/testdata/corpus"
	"haproxy-alert/testdata/mix"
)

// serverLines stands for what keeps lines.
func serverLines() func(frame []byte) bool {
	var p syslog.Decoder
	return func(frame []byte) bool { return bytes.HasPrefix(p.Body(frame), []byte("Server ")) }
}

// inTurn is what a Sieve gives, by the way of one line after another.
func inTurn(t *testing.T, l *File) (all []string) {
	t.Helper()
	n, last := 0, ""
	for frame, err := range l.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		n++
		last = string(frame)
		if kept := bytes.HasPrefix(syslog.Body(frame), []byte("Server ")); kept || n == 1 {
			all = append(all, fmt.Sprint(n, " ", kept, " ", last))
		}
	}
	if n > 0 {
		all = append(all, fmt.Sprint(n, " last ", last))
	}
	return all
}

func sifted(t *testing.T, l *File) (all []string) {
	t.Helper()
	s := l.Scan(t.Context(), serverLines)
	defer s.Close()
	for line, err := range s.Lines() {
		switch {
		case err != nil:
			t.Fatal(err)
		case line.Last:
			all = append(all, fmt.Sprint(line.Number, " last ", string(line.Frame)))
		default:
			all = append(all, fmt.Sprint(line.Number, " ", line.Kept, " ", string(line.Frame)))
		}
	}
	return all
}

// compareSift reads a log both ways, from a file and from a pipe.
func compareSift(t *testing.T, what string, log []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "haproxy.log")
	if err := os.WriteFile(name, log, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() *File {
		l, err := Open(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	byLines := open()
	want, counted := inTurn(t, byLines), byLines.Stats()
	for _, l := range []*File{open(), openBytes(t, bytes.NewReader(log))} {
		got, st := sifted(t, l), l.Stats()
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("%s from %s, line %d:\n got %.300q\nwant %.300q", what, l.Name(), i, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s from %s: %d lines, want %d", what, l.Name(), len(got), len(want))
		}
		if st.Lines != counted.Lines || st.Bytes != counted.Bytes || st.Cut != counted.Cut {
			t.Errorf("%s from %s: counted %+v, want %+v", what, l.Name(), st, counted)
		}
	}
}

// TestSiftClothings: several readers give what one gives, in every format.
func TestSiftClothings(t *testing.T) {
	for _, format := range mix.Clothings() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			truth, err := mix.Load{Bytes: 3*sectionSize + 12_345, Clothing: format, Every: 200}.Write(&log)
			if err != nil || len(truth) < 100 {
				t.Fatal(len(truth), err)
			}
			compareSift(t, format, log.Bytes())
		})
	}
}

// TestSiftCorpus reads what rsyslog wrote, and journals and parts, which need the
// lines before.
func TestSiftCorpus(t *testing.T) {
	for name, data := range corpus.Files("rsyslog/*/*.log") {
		compareSift(t, name, data)
	}
	var parts, entries bytes.Buffer
	for i := range 500 {
		fmt.Fprintf(&parts, "%s stdout P Server be/s%d \n%s stderr F Server be/x is UP\n%s stdout F is DOWN\n", sample.Nano, i, sample.Nano, sample.Nano)
		entries.Write(sample.Entry("__CURSOR", "s=1", "SYSLOG_RAW", fmt.Sprintf("<129>Nov 21 07:38:02 haproxy[1]: Server be/s%d is DOWN.\n", i)))
	}
	compareSift(t, "parts", parts.Bytes())
	compareSift(t, "entries", entries.Bytes())
}

// TestSiftEdges puts line ends, and none, where sections end.
func TestSiftEdges(t *testing.T) {
	line := "Nov 21 07:38:02 lb1 haproxy[1]: Server be/s1 is DOWN.\n"
	full := strings.Repeat(strings.Repeat("x", 63)+"\n", sectionSize/64)
	short := full[2:] + "\n"
	for _, log := range []string{
		"", "\n", "x", line, strings.TrimSuffix(line, "\n"),
		strings.Repeat("x", sectionSize-1) + "\n" + line,
		strings.Repeat("x", sectionSize) + "\n" + line,
		full, full + line, full + full, short + line + line,
		short + strings.Repeat("y", MaxLine) + "\n" + line,
		short + strings.Repeat("y", MaxLine+1) + "\n" + line,
		short + strings.Repeat("y", MaxLine+2),
		short + strings.Repeat("\x00", 3*MaxLine) + "\n",
		short + strings.Repeat("y", MaxLine+7) + "\n" + line,
		strings.Repeat("z", 3*sectionSize) + "\n" + line,
		line + strings.Repeat("z", 3*sectionSize),
		strings.Repeat(line, 2*sectionSize/len(line)+9),
	} {
		compareSift(t, fmt.Sprintf("%.40q and %d bytes", log, len(log)), []byte(log))
	}
}

// TestSiftAllocatesNothing for lines that are not kept, in every format.
func TestSiftAllocatesNothing(t *testing.T) {
	for _, format := range mix.Clothings() {
		var log bytes.Buffer
		truth, err := mix.Load{Bytes: 1 << 18, Clothing: format, Every: 1 << 30}.Write(&log)
		if err != nil || len(truth) > 0 {
			t.Fatal(len(truth), err)
		}
		p := collector{keep: serverLines()}
		p.begin(false)
		p.lines.Filled(copy(p.lines.Space(), log.Bytes()))
		room, end := p.lines.r, p.lines.w
		if n := testing.AllocsPerRun(10, func() {
			p.lines.r, p.lines.w = room, end
			p.take()
		}); n != 0 || p.number < 1000 {
			t.Errorf("%s: %v allocations, %d lines", format, n, p.number)
		}
	}
}

// TestReadersWait: of logs that are begun ahead of their turn each has one reader, however many
// processors there are, and of a log no more than it has sections.
func TestReadersWait(t *testing.T) {
	const processors = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	name := filepath.Join(t.TempDir(), "x.log")
	line := strings.Repeat("x", 1023) + "\n"
	text := []byte(strings.Repeat(line, (processors+2)*sectionSize/len(line)))
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	var scanners []*Scanner
	for range processors {
		l, err := Open(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		s := l.Scan(t.Context(), serverLines)
		defer s.Close()
		scanners = append(scanners, s)
	}
	if n := runtime.NumGoroutine() - before; n > processors {
		t.Errorf("%d goroutines read %d logs ahead of their turn", n, processors)
	}
	last := 0
	for line, err := range scanners[processors-1].Lines() {
		if err != nil {
			t.Fatal(err)
		}
		last = line.Number
	}
	if last != len(text)/len(line) {
		t.Errorf("%d lines, want %d", last, len(text)/len(line))
	}
	short := name + ".1"
	if err := os.WriteFile(short, text[:sectionSize+1024], 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(short, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := l.Scan(t.Context(), serverLines)
	defer s.Close()
	if len(s.turns) != 2 {
		t.Errorf("%d readers of two sections", len(s.turns))
	}
}

// TestSiftStops: who stops, or whose ctx ends, waits for nobody.
func TestSiftStops(t *testing.T) {
	name := filepath.Join(t.TempDir(), "haproxy.log")
	text := strings.Repeat("Nov 21 07:38:02 lb1 haproxy[1]: Server be/s1 is DOWN.\n", 900_000)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := l.Scan(ctx, serverLines)
	defer s.Close()
	n := 0
	for line, err := range s.Lines() {
		if err != nil {
			if !errors.Is(err, context.Canceled) || n == 0 {
				t.Fatal(n, err)
			}
			return
		}
		if n++; line.Number == 10 {
			stop()
		}
	}
	t.Error("the end was reached")
}

// BenchmarkSift reads 64 MB in the page cache.
func BenchmarkSift(b *testing.B) {
	for _, format := range mix.Clothings() {
		name := filepath.Join(b.TempDir(), "x.log")
		f, err := os.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		const size = 64 << 20
		if _, err := (mix.Load{Bytes: size, Clothing: format}).Write(f); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		b.Run(format, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				siftOnce(b, name)
			}
		})
	}
}

func siftOnce(b *testing.B, name string) {
	l, err := Open(name, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	s := l.Scan(b.Context(), serverLines)
	defer s.Close()
	for _, err := range s.Lines() {
		if err != nil {
			b.Fatal(err)
		}
	}
}
