package framing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// usual is HAProxy's longest log line.
const usual = 64 << 10

// piece is one frame of a stream, as text.
type piece struct {
	data string
	cut  bool
}

// frames runs a stream through a Framer, in chunks of the given sizes, used in
// turn; a size below one counts as one.
func frames(stream []byte, most int, sizes ...int) (pieces []piece, bad uint64) {
	f := New(most, &Buffers{size: 2 * room(most)})
	return framesOf(f, f.Next, stream, sizes...)
}

// slowFrames is frames without the way round of quick.
func slowFrames(stream []byte, most int, sizes ...int) (pieces []piece, bad uint64) {
	f := New(most, &Buffers{size: 2 * room(most)})
	return framesOf(f, func() ([]byte, bool, bool) { return f.take(false) }, stream, sizes...)
}

func framesOf(f *Framer, next func() ([]byte, bool, bool), stream []byte, sizes ...int) (pieces []piece, bad uint64) {
	take := func(next func() ([]byte, bool, bool)) {
		for data, cut, ok := next(); ok; data, cut, ok = next() {
			pieces = append(pieces, piece{string(data), cut})
		}
	}
	for i := 0; len(stream) > 0; i++ {
		chunk := stream
		if len(sizes) > 0 {
			chunk = stream[:min(len(stream), max(1, sizes[i%len(sizes)]))]
		}
		n := copy(f.Space(), chunk)
		f.Filled(n)
		stream = stream[n:]
		take(next)
	}
	take(f.Rest)
	return pieces, f.Bad
}

func TestFramer(t *testing.T) {
	const most = 60
	long := strings.Repeat("x", 70)
	for _, c := range []struct {
		name, stream string
		want         []piece
		bad          uint64
	}{
		{"nothing", "", nil, 0},
		{"lines", "<1>a\n<1>b\n", []piece{{"<1>a", false}, {"<1>b", false}}, 0},
		{"a last line without end", "<1>a\n<1>b", []piece{{"<1>a", false}, {"<1>b", false}}, 0},
		{"NUL ends a line", "<1>a\x00<1>b\x00\n", []piece{{"<1>a", false}, {"<1>b", false}}, 0},
		{"empty lines", "\n\n<1>a\n\n", []piece{{"<1>a", false}}, 0},
		{"counts", "4 <1>a5 <1>bc", []piece{{"<1>a", false}, {"<1>bc", false}}, 0},
		{"rsyslog counts the line end", "5 <1>a\n5 <1>b\n", []piece{{"<1>a\n", false}, {"<1>b\n", false}}, 0},
		{"a line end behind a count", "4 <1>a\n4 <1>b\n", []piece{{"<1>a", false}, {"<1>b", false}}, 0},
		{"a counted frame may hold line ends", "7 <1>a\nb\n4 <1>c", []piece{{"<1>a\nb\n", false}, {"<1>c", false}}, 0},
		{"counts and lines", "4 <1>a<1>b\n4 <1>c<1>d\n", []piece{{"<1>a", false}, {"<1>b", false}, {"<1>c", false}, {"<1>d", false}}, 0},
		{"raw counts", "3 abc12 Server be/s.", []piece{{"abc", false}, {"Server be/s.", false}}, 0},
		{"raw lines that begin with a number", "404 not found\n5 lines\n", []piece{{"404 not found", false}, {"5 lines", false}}, 0},
		{"a raw line is no count behind lines", "Proxy x\n3 abcdef\n", []piece{{"Proxy x", false}, {"3 abcdef", false}}, 0},
		{"nor behind frames with PRI", "<1>a\n3 abcdef\n", []piece{{"<1>a", false}, {"3 abcdef", false}}, 0},
		{"a PRI in a raw stream", "Proxy x\n200 <1>a\n", []piece{{"Proxy x", false}, {"200 <1>a", false}}, 0},
		{"a number taken for a count", "3 abcServer be/s is DOWN\n3 abc\n", []piece{{"abc", false}, {"3 abc", false}}, 1},
		{"leading zero", "04 <1>a\n", []piece{{"04 <1>a", false}}, 0},
		{"no blank", "4<1>a\n", []piece{{"4<1>a", false}}, 0},
		{"ISO times", "2026-11-21T07:38:02Z x\n", []piece{{"2026-11-21T07:38:02Z x", false}}, 0},
		{"a count beyond sense", "99999999 <1>a\n4 <1>b\n", []piece{{"99999999 <1>a", false}, {"4 <1>b", false}}, 0},
		{"a number without end", "123456789012", []piece{{"123456789012", false}}, 0},
		{"a long line is cut", long + "\nabc\n", []piece{{long[:most], true}, {"abc", false}}, 0},
		{"a line of just the length", long[:most] + "\nabc\n", []piece{{long[:most], false}, {"abc", false}}, 0},
		{"a long last line", long, []piece{{long[:most], true}}, 0},
		{"a long counted frame is cut, its rest skipped", "73 <1>" + long + "4 <1>b", []piece{{"<1>" + long[:most-3], true}, {"<1>b", false}}, 0},
		{"the stream breaks off in a count", "4 <1>a4", []piece{{"<1>a", false}, {"4", false}}, 0},
		{"the stream breaks off in a counted frame", "4 <1>a9 <1>b", []piece{{"<1>a", false}, {"<1>b", false}}, 0},
		{"the stream breaks off in a raw counted frame", "3 abc9 b", []piece{{"abc", false}, {"b", false}}, 0},
	} {
		for size := 0; size <= len(c.stream); size++ {
			var sizes []int
			if size > 0 {
				sizes = []int{size}
			}
			got, bad := frames([]byte(c.stream), most, sizes...)
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(piece{})); diff != "" || bad != c.bad {
				t.Errorf("%s, in chunks of %d: bad %d, want %d (-want +got)\n%s", c.name, size, bad, c.bad, diff)
			}
		}
	}
}

// TestFramerBuffer: a connection has a small buffer for good, and a large one only
// while its reads are full or a frame does not fit.
func TestFramerBuffer(t *testing.T) {
	lender := NewBuffers(usual)
	f := New(usual, lender)
	defer f.Close()
	read := func(text string) (n int) {
		n = copy(f.Space(), text)
		f.Filled(n)
		for _, _, ok := f.Next(); ok; _, _, ok = f.Next() {
		}
		return n
	}
	const line = "<1>0123456789abc\n"
	flood := strings.Repeat(line, 2*LargeBuffer/len(line))
	for range 3 {
		for i, want := range []int{FirstBuffer, LargeBuffer, LargeBuffer} {
			if n := read(flood); n < want-len(line) || n > want {
				t.Fatalf("full read %d takes %d bytes, want %d", i, n, want)
			}
			f.Space()
			f.move(f.buf, nil) // the line that was chopped is another one's matter
		}
		read(line)
		if got := len(f.Space()); got != FirstBuffer || f.lent != nil {
			t.Fatalf("after a read that was not full there is room for %d bytes, want %d", got, FirstBuffer)
		}
	}
	long := strings.Repeat("x", usual)
	for i := range long {
		read(long[i : i+1])
	}
	if f.lent == nil || len(f.buf) != LargeBuffer {
		t.Errorf("a long frame has a buffer of %d bytes", len(f.buf))
	}
	read("\n")
	if got := len(f.Space()); got != FirstBuffer {
		t.Errorf("behind a long frame there is room for %d bytes, want %d", got, FirstBuffer)
	}
}

// FuzzFramer: however a stream is chopped, its frames are the same; and a stream
// of counted frames gives back what was put in.
func FuzzFramer(f *testing.F) {
	for _, s := range []string{
		"<1>a\n<1>b", "4 <1>a5 <1>bc\n", "3 abc3 def", "404 not found\n", "-5 abc", "9223372036854775807 x", "3 abcdef\n3 abc\n",
		"99999999 <1>a", "1 <", "5 <1>a\x00\n", strings.Repeat("x", 70) + "\n1 a", "73 <1>" + strings.Repeat("x", 70) + "4 <1>b",
	} {
		f.Add([]byte(s), []byte{1, 3, 2})
	}
	f.Fuzz(func(t *testing.T, stream, chops []byte) {
		const most = 32
		sizes := make([]int, len(chops))
		for i, c := range chops {
			sizes[i] = int(c)
		}
		want, wantBad := frames(stream, most)
		got, gotBad := frames(stream, most, sizes...)
		if !slices.Equal(got, want) || gotBad != wantBad {
			t.Errorf("%q chopped by %v: %v (bad %d), whole: %v (bad %d)", stream, sizes, got, gotBad, want, wantBad)
		}
		if slow, bad := slowFrames(stream, most, sizes...); !slices.Equal(got, slow) || gotBad != bad {
			t.Errorf("%q chopped by %v: quickly %v (bad %d), slowly %v (bad %d)", stream, sizes, got, gotBad, slow, bad)
		}
		for _, p := range got {
			if len(p.data) > most || p.cut && len(p.data) != most {
				t.Errorf("%q: frame %q of %d bytes, cut %v", stream, p.data, len(p.data), p.cut)
			}
		}
		message := "<1>" + string(stream[:min(len(stream), most-3)])
		counted := fmt.Sprintf("%d %s", len(message), message)
		got, _ = frames([]byte(counted+counted), most, sizes...)
		if !slices.Equal(got, []piece{{message, false}, {message, false}}) {
			t.Errorf("%q twice: %v", counted, got)
		}
	})
}
