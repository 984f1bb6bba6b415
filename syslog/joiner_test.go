package syslog

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// dockerParts write a line as Docker's json-file driver does: split where it is too
// long. criParts do so as containerd does, at the given size.
func dockerParts(line, stream string) (all []string) {
	for ; len(line) > dockerPart; line = line[dockerPart:] {
		all = append(all, object("log", line[:dockerPart], "stream", stream, "time", nano))
	}
	return append(all, object("log", line+"\n", "stream", stream, "time", nano))
}

func criParts(line, stream string, size int) (all []string) {
	for ; len(line) > size; line = line[size:] {
		all = append(all, nano+" "+stream+" P "+line[:size])
	}
	return append(all, nano+" "+stream+" F "+line)
}

// joinedTexts are the texts of a log's lines.
func joinedTexts(t *testing.T, log []string) (all []string, st LogStats) {
	t.Helper()
	l := openBytes(t, strings.NewReader(strings.Join(log, "\n")+"\n"))
	lines, err := readAll(t, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		all = append(all, Parse([]byte(line), near).Text)
	}
	return all, l.Stats()
}

func TestJoiner(t *testing.T) {
	request := "GET /" + strings.Repeat("x", dockerPart-5) + down // what is behind the cut looks like a line
	escapes := strings.Repeat("x", dockerPart-2) + `\n` + down
	huge := strings.Repeat("x", MaxLine+1)
	for _, c := range []struct {
		name string
		log  []string
		want []string
		cut  int64
	}{
		{"docker", slices.Concat(dockerParts("one", "stdout"), dockerParts(request, "stdout"), dockerParts(down, "stdout")), []string{"one", request, down}, 0},
		{"docker, an escape at the cut", slices.Concat(dockerParts("one", "stdout"), dockerParts(escapes, "stdout")), []string{"one", escapes}, 0},
		{"docker without line ends", []string{`{"log":"one","stream":"stdout"}`, `{"log":"two","stream":"stdout"}`}, []string{"one", "two"}, 0},
		{"docker, three parts", dockerParts(request+request+request, "stderr"), []string{request + request + request}, 0},
		{"docker, the last part is missing", dockerParts(request, "stdout")[:1], []string{request[:dockerPart]}, 0},
		{"cri", slices.Concat(criParts("one", "stdout", 9), criParts(request, "stdout", 4096), criParts(down, "stdout", 9)), []string{"one", request, down}, 0},
		{
			"cri, both streams", []string{
				nano + " stdout P a", nano + " stderr F x", nano + " stdout P b", nano + " stderr P y", nano + " stdout F c", nano + " stderr F z", nano + " stdout F d",
			}, []string{"x", "abc", "yz", "d"}, 0,
		},
		{"cri, no end", []string{nano + " stdout F a", nano + " stdout P b", nano + " stderr P c"}, []string{"a", "b", "c"}, 0},
		{"cri, an empty part", []string{nano + " stdout P a", nano + " stdout F"}, []string{"a"}, 0},
		{"too long", criParts(huge, "stdout", MaxLine/2), []string{huge[:MaxLine/2]}, 1},
		{"others between", []string{nano + " stdout P a", "what?", nano + " stdout F b"}, []string{"what?", "ab"}, 0},
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
	l := openBytes(t, strings.NewReader(nano+" stdout P a\n"+nano+" stderr F b\n"+nano+" stdout F c\n"))
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
		nano + " stderr P x":              containerLines,
		nano + " stdout x":                plainLines,
		nano:                              plainLines,
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
		fmt.Fprintf(&log, "%s stdout F first\n", nano)
		rest := lines
		for _, c := range cuts {
			i := int(c & 1)
			n := min(int(c>>1), len(rest[i]))
			fmt.Fprintf(&log, "%s %s P %s\n", nano, [2]string{"stdout", "stderr"}[i], rest[i][:n])
			rest[i] = rest[i][n:]
		}
		fmt.Fprintf(&log, "%s stdout F %s\n%s stderr F %s\n", nano, rest[0], nano, rest[1])
		l, openErr := OpenLog("-", bites{&log, int(bite) + 1})
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
