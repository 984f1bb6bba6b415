package logfile

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/internal/sample"
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
	"haproxy-alert/syslog/wrap"
)

func TestEntries(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	entry := func(fields ...string) string {
		return string(sample.Entry(append([]string{"__CURSOR", "s=1"}, fields...)...))
	}
	for _, c := range []struct {
		name, log string
		want      []string // texts
		cut       int64
		fault     string
	}{
		{"two", entry("MESSAGE", "a") + "\n" + entry("MESSAGE", "b") + "\n", []string{"a", "b"}, 0, ""},
		{"no end", entry("MESSAGE", "a") + "\n" + entry("MESSAGE", "b"), []string{"a", "b"}, 0, ""},
		{"blank lines between", entry("MESSAGE", "a") + "\n\n\n" + entry("MESSAGE", "b"), []string{"a", "b"}, 0, ""},
		{"an empty line in a field", entry("SYSLOG_RAW", "a\n\nMESSAGE=b\n\n", "X", "y") + "\n" + entry("MESSAGE", "c"), []string{"a\n\nMESSAGE=b", "c"}, 0, ""},
		{"the raw line first", entry("MESSAGE", "lb1 haproxy[7]: a", "SYSLOG_RAW", "<129>Nov 21 07:38:02 lb1 haproxy[7]: a\n"), []string{"a"}, 0, ""},
		{"a core dump", entry("COREDUMP", long+"\n", "MESSAGE", "a") + "\n" + entry("MESSAGE", "b"), []string{"a", "b"}, 1, ""},
		{"a long text", entry("X", long, "MESSAGE", "a") + "\n" + entry("MESSAGE", "b"), []string{"a", "b"}, 1, ""},
		{"a long name", entry(long, "x", "MESSAGE", "a") + "\n" + entry("MESSAGE", "b"), nil, 1, "damaged: a field says it has"},
		{"cut in a text", "__CURSOR=s\nMESSAGE=ab", []string{"ab"}, 0, ""},
		{"cut in a length", "__CURSOR=s\nMESSAGE=ab\nX\n\x05\x00", []string{"ab"}, 0, ""},
		{"cut in a field", "__CURSOR=s\nMESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00ab", []string{"ab"}, 0, ""},
		{"a wrong length", entry("MESSAGE", "a") + "\n__CURSOR=s\nMESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00ab\n", []string{"a"}, 0, "another length than it says"},
		{"an absurd length", entry("MESSAGE", "a") + "\n__CURSOR=s\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffab\n", []string{"a"}, 0, "a field says it has"},
		{"pretty", "{\n\t\"MESSAGE\" : \"a\",\n\t\"X\" : {\n\t}\n}\n\n{\r\n\"msg\":\"b\"\r\n}\r\n", []string{"a", "b"}, 0, ""},
		{"pretty without end", "{\n\t\"MESSAGE\" : \"a\"\n}\n{\n\t\"MESSAGE\" : \"b\"\n}", []string{"a", "b"}, 0, ""},
	} {
		l := openBytes(t, strings.NewReader(c.log))
		frames, err := readAll(t, l)
		var got []string
		for _, f := range frames {
			if m := syslog.Parse([]byte(f), timestamp.Clock{}); m.Format != header.Raw {
				got = append(got, m.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %.200q, want %q", c.name, got, c.want)
		}
		if st := l.Stats(); st.Cut != c.cut || st.Lines != int64(len(frames)) || st.Bytes > int64(len(c.log)) {
			t.Errorf("%s: counted %+v", c.name, st)
		}
		if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.fault)
		}
	}
}

// TestEntriesStop: who stops reading gets no further entry.
func TestEntriesStop(t *testing.T) {
	l := openBytes(t, bytes.NewReader(slices.Repeat(append(sample.Entry("__CURSOR", "s", "MESSAGE", "a"), '\n'), 3)))
	for _, err := range l.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if n := l.Stats().Lines; n != 1 {
		t.Errorf("%d entries counted", n)
	}
}

// FuzzEntries writes two entries of any values and reads them back, whatever
// the reads bring.
func FuzzEntries(f *testing.F) {
	f.Add("Server be/s is UP", "x\n\n__CURSOR=\nMESSAGE=y", []byte("\x00\x01=\n"), byte(1))
	f.Add("", "\n", []byte{}, byte(7))
	f.Add("\x00", "0\x00", []byte("0"), byte(0))
	f.Fuzz(func(t *testing.T, first, second string, other []byte, bite byte) {
		log := slices.Concat(
			sample.Entry("__CURSOR", "s=1", "_HOSTNAME", "lb1", "X", string(other), "MESSAGE", first), []byte{'\n'},
			sample.Entry("__CURSOR", "s=2", "MESSAGE", second, "Y", string(other)), []byte{'\n'})
		l, err := Open("-", bites{bytes.NewReader(log), int(bite) + 1})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		var got []string
		for frame, err := range l.Lines() {
			if err != nil {
				t.Fatal(err)
			}
			line := wrap.Inner(frame)
			if len(line) == len(frame) {
				t.Fatalf("%q is no entry", frame)
			}
			got = append(got, string(line))
		}
		want := []string{first[:scan.TrimmedEnd([]byte(first))], second[:scan.TrimmedEnd([]byte(second))]}
		if st := l.Stats(); st.Cut == 0 && !slices.Equal(got, want) {
			t.Errorf("%q are read as %q", want, got)
		}
	})
}

// TestEntriesDamage: an archive that breaks off gives what it has, then one error.
func TestEntriesDamage(t *testing.T) {
	for _, field := range []string{"Server be/s is UP", strings.Repeat("x\n", 2000)} {
		entry := append(sample.Entry("__CURSOR", "s", "MESSAGE", field), '\n')
		packed := pack(t, "gzip", slices.Repeat(entry, 10_000))
		l := openBytes(t, bytes.NewReader(packed[:len(packed)/2]))
		got, err := readAll(t, l)
		if len(got) < 1000 || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "compressed data ends too early") {
			t.Errorf("%.20q: %d entries, %v", field, len(got), err)
		}
	}
}
