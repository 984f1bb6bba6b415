package logfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/internal/sample"
	"haproxy-alert/syslog/timestamp"
)

// dockerParts write a line as Docker's json-file driver does: split where it is too
// long. criParts do so as containerd does, at the given size.
func dockerParts(line, stream string) (all []string) {
	for ; len(line) > dockerPart; line = line[dockerPart:] {
		all = append(all, sample.Object("log", line[:dockerPart], "stream", stream, "time", sample.Nano))
	}
	return append(all, sample.Object("log", line+"\n", "stream", stream, "time", sample.Nano))
}

func criParts(line, stream string, size int) (all []string) {
	for ; len(line) > size; line = line[size:] {
		all = append(all, sample.Nano+" "+stream+" P "+line[:size])
	}
	return append(all, sample.Nano+" "+stream+" F "+line)
}

// joinedTexts are the texts of a log's lines.
func joinedTexts(t *testing.T, log []string) (all []string, st Stats) {
	t.Helper()
	l := openBytes(t, strings.NewReader(strings.Join(log, "\n")+"\n"))
	lines, err := readAll(t, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		all = append(all, syslog.Parse([]byte(line), timestamp.Clock{}).Text)
	}
	return all, l.Stats()
}

func TestJoiner(t *testing.T) {
	request := "GET /" + strings.Repeat("x", dockerPart-5) + sample.Down // what is behind the cut looks like a line
	escapes := strings.Repeat("x", dockerPart-2) + `\n` + sample.Down
	huge := strings.Repeat("x", MaxLine+1)
	for _, c := range []struct {
		name string
		log  []string
		want []string
		cut  int64
	}{
		{"docker", slices.Concat(dockerParts("one", "stdout"), dockerParts(request, "stdout"), dockerParts(sample.Down, "stdout")), []string{"one", request, sample.Down}, 0},
		{"docker, an escape at the cut", slices.Concat(dockerParts("one", "stdout"), dockerParts(escapes, "stdout")), []string{"one", escapes}, 0},
		{"docker without line ends", []string{`{"log":"one","stream":"stdout"}`, `{"log":"two","stream":"stdout"}`}, []string{"one", "two"}, 0},
		{"docker, three parts", dockerParts(request+request+request, "stderr"), []string{request + request + request}, 0},
		{"docker, the last part is missing", dockerParts(request, "stdout")[:1], []string{request[:dockerPart]}, 0},
		{"cri", slices.Concat(criParts("one", "stdout", 9), criParts(request, "stdout", 4096), criParts(sample.Down, "stdout", 9)), []string{"one", request, sample.Down}, 0},
		{
			"cri, both streams", []string{
				sample.Nano + " stdout P a", sample.Nano + " stderr F x", sample.Nano + " stdout P b", sample.Nano + " stderr P y", sample.Nano + " stdout F c", sample.Nano + " stderr F z", sample.Nano + " stdout F d",
			}, []string{"x", "abc", "yz", "d"}, 0,
		},
		{"cri, no end", []string{sample.Nano + " stdout F a", sample.Nano + " stdout P b", sample.Nano + " stderr P c"}, []string{"a", "b", "c"}, 0},
		{"cri, an empty part", []string{sample.Nano + " stdout P a", sample.Nano + " stdout F"}, []string{"a"}, 0},
		{"too long", criParts(huge, "stdout", MaxLine/2), []string{huge[:MaxLine/2]}, 1},
		{"others between", []string{sample.Nano + " stdout P a", "what?", sample.Nano + " stdout F b"}, []string{"what?", "ab"}, 0},
	} {
		got, st := joinedTexts(t, c.log)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %.200q, want %.200q", c.name, got, c.want)
		}
		if st.Cut != c.cut || st.Lines != int64(len(c.log)) {
			t.Errorf("%s: counted %+v, want %d cut of %d", c.name, st, c.cut, len(c.log))
		}
	}
}

// TestJoinerStop: who stops reading gets no further line, not even one begun.
func TestJoinerStop(t *testing.T) {
	l := openBytes(t, strings.NewReader(sample.Nano+" stdout P a\n"+sample.Nano+" stderr F b\n"+sample.Nano+" stdout F c\n"))
	for line, err := range l.Lines() {
		if err != nil || !bytes.HasSuffix(line, []byte(" b")) {
			t.Errorf("%q, %v", line, err)
		}
		break // a line more would panic
	}
}

// TestForms: the first line alone tells a log's form, also when it comes in bites.
func TestForms(t *testing.T) {
	for head, want := range map[string]fileFormat{
		"":                                plainLines,
		"Nov 21 07:38:02 lb1 haproxy: x":  plainLines,
		"x\n__CURSOR=s=1\n":               plainLines,
		"__CURSOR=s=1\n":                  journalEntries,
		"{\n\t\"a\":1\n}\n":               prettyObjects,
		"{\r\n":                           prettyObjects,
		"{}\n":                            plainLines,
		`{"message":"x"}`:                 plainLines,
		`{"log":"x\n","stream":"stdout"}`: containerLines,
		sample.Nano + " stderr P x":       containerLines,
		sample.Nano + " stdout x":         plainLines,
		sample.Nano:                       plainLines,
	} {
		if got := formatOf([]byte(head)); got != want {
			t.Errorf("%q has format %d, want %d", head, got, want)
		}
	}
}

// FuzzJoiner splits lines of both streams anywhere, mixes their parts, and reads
// the lines back.
func FuzzJoiner(f *testing.F) {
	f.Add("Server be/s is UP", "GET /\x1b\xff", []byte{3, 1, 200, 7}, byte(3))
	f.Fuzz(func(t *testing.T, out, err string, cuts []byte, bite byte) {
		clean := strings.NewReplacer("\n", "", "\r", "", "\x00", "")
		lines := [2]string{clean.Replace(out) + ".", clean.Replace(err) + "."}
		var log bytes.Buffer
		fmt.Fprintf(&log, "%s stdout F first\n", sample.Nano)
		rest := lines
		for _, c := range cuts {
			i := int(c & 1)
			n := min(int(c>>1), len(rest[i]))
			fmt.Fprintf(&log, "%s %s P %s\n", sample.Nano, [2]string{"stdout", "stderr"}[i], rest[i][:n])
			rest[i] = rest[i][n:]
		}
		fmt.Fprintf(&log, "%s stdout F %s\n%s stderr F %s\n", sample.Nano, rest[0], sample.Nano, rest[1])
		l, openErr := Open("-", bites{&log, int(bite) + 1})
		if openErr != nil {
			t.Fatal(openErr)
		}
		defer l.Close()
		got, readErr := readAll(t, l)
		if readErr != nil || len(got) != 3 {
			t.Fatalf("%q, %v", got, readErr)
		}
		for i, line := range lines {
			if _, after, _ := strings.Cut(got[1+i], " P "); after != line && !strings.HasSuffix(got[1+i], " F "+line) {
				t.Errorf("%q split by %v is read as %q", line, cuts, got[1+i])
			}
		}
	})
}
