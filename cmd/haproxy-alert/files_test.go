package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/testdata/mix"
)

// truthBytes is how large the log with a truth is; `make truth` has 1 GB.
func truthBytes(t *testing.T) int64 {
	t.Helper()
	n, err := strconv.ParseInt(os.Getenv("TRUTH_BYTES"), 10, 64)
	if err != nil {
		return 9 << 20
	}
	return n
}

// writeMix writes a load into a file.
func writeMix(t *testing.T, name, how string, load mix.Load) []mix.Line {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := packed[how](f)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := load.Write(w)
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return truth
}

// TestFilesTellTheTruth: every health line of a log is found, in order, and none is
// invented, in every clothing, packed or not, from a file and from a pipe.
func TestFilesTellTheTruth(t *testing.T) {
	size := truthBytes(t)
	for _, clothing := range mix.Clothings() {
		for how := range packed {
			load := mix.Load{Bytes: size, Clothing: clothing, Every: 1_000}
			if most := slow[how]; most > 0 {
				load.Bytes, load.Every = most, 200
			} else if size > 100<<20 && clothing != "traditional" && how != "plain" {
				continue // a clothing needs no large archive of its own
			}
			t.Run(clothing+"/"+how, func(t *testing.T) {
				if _, err := exec.LookPath("bzip2"); how == "bz2" && err != nil {
					t.Skip(err)
				}
				name := filepath.Join(t.TempDir(), "haproxy.log")
				truth := writeMix(t, name, how, load)
				if len(truth) < 20 {
					t.Fatalf("%d health lines", len(truth))
				}
				begun := time.Now()
				compareTruth(t, truth, explainedAs(t, nil, name))
				f, err := os.Open(name)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				compareTruth(t, truth, explainedAs(t, f, "-"))
				t.Logf("%d health lines, twice in %v", len(truth), time.Since(begun).Round(time.Millisecond))
			})
		}
	}
}

// explainedLine is what of explain's output is compared.
type explainedLine struct {
	Line int
	Text string
}

func explainedAs(t *testing.T, stdin io.Reader, args ...string) (all []explainedLine) {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"explain", "--json", "--tz", "UTC"}, args...), stdin, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(&out); ; {
		var l explainedLine
		if err := dec.Decode(&l); err != nil {
			return all
		}
		all = append(all, l)
	}
}

func compareTruth(t *testing.T, truth []mix.Line, got []explainedLine) {
	t.Helper()
	if len(got) != len(truth) {
		t.Errorf("%d health lines, want %d", len(got), len(truth))
	}
	for i := range min(len(got), len(truth)) {
		if want := truth[i]; got[i].Line != want.Number || got[i].Text != want.Text {
			t.Fatalf("line %d: %q, want line %d: %q", got[i].Line, got[i].Text, want.Number, want.Text)
		}
	}
}

// replayed runs replay --json over logs, in UTC.
func replayed(t *testing.T, stdin io.Reader, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"replay", "--json", "--tz", "UTC", "--year", "2026"}, args...), stdin, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestFilesOfARotatedSet: parts of a log, packed in different ways and named in any
// order, come to what the whole comes to.
func TestFilesOfARotatedSet(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	if _, err := (mix.Load{Bytes: 8 << 20, Clothing: "traditional", Every: 300, Rate: 50}).Write(&log); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(dir, "whole.log")
	if err := os.WriteFile(whole, log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(bytes.Lines(log.Bytes()))
	var names []string
	for i, how := range []string{"gz", "zst", "gz", "plain", "plain"} {
		name := filepath.Join(dir, fmt.Sprintf("haproxy.log.%d", 5-i))
		part := slices.Concat(lines[i*len(lines)/5 : (i+1)*len(lines)/5]...)
		var b bytes.Buffer
		w, err := packed[how](&b)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write(part)
		if err := errors.Join(err, w.Close(), os.WriteFile(name, b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	want := replayed(t, nil, whole)
	slices.Reverse(names)
	orders := [][]string{names, {names[3], names[0], names[4], names[2], names[1]}}
	for _, order := range orders {
		if got := replayed(t, nil, order...); got != want {
			t.Errorf("%v:\n%s\nwant\n%s", order, got, want)
		}
	}
}

// TestFilesSinceUntil: the lines of a stretch are the same ones whether the log's
// ends are left out unread, or read and dropped.
func TestFilesSinceUntil(t *testing.T) {
	begin := mix.Begin
	stretches := [][2]string{
		{"2026-11-21 07:00", "2026-11-21 08:30:30"},
		{"Nov 21 07:00:00", "Nov 21 07:00:01"},
		{"2026-11-21T08:00:00+01:00", ""},
		{"", "2026-11-21 06:20"},
		{"1h", ""},
		{"90m", "30m"},
		{"2025-01-01", "2027-01-01"},
		{"2026-11-22", ""},
	}
	for _, clothing := range []string{"traditional", "iso", "rfc5424", "wire", "json"} {
		dir := t.TempDir()
		plain, gz := filepath.Join(dir, "haproxy.log"), filepath.Join(dir, "haproxy.log.gz")
		load := mix.Load{Bytes: 4 << 20, Clothing: clothing, Every: 100, Rate: 2}
		truth := writeMix(t, plain, "plain", load)
		writeMix(t, gz, "gz", load)
		for _, s := range stretches {
			flags := flagsOf(s)
			got := replayed(t, nil, append(flags, plain)...)
			want := explainedAs(t, nil, append(flags, "--year", "2026", plain)...)
			if events := summaryOf(t, got); events.Events != len(want) || len(want) == len(truth) != (s[0] == "2025-01-01") {
				t.Errorf("%s %v: %d events of %d, want %d", clothing, s, events.Events, len(truth), len(want))
			} else if s[0] == "90m" && (events.Bytes > 3<<20 || events.First.Before(begin)) {
				t.Errorf("%s: %d bytes were read for an hour, from %v", clothing, events.Bytes, events.First)
			}
			if s[0] == "1h" || s[0] == "90m" {
				continue // of an archive the end is when it was written
			}
			incidents, _, _ := strings.Cut(got, `{"type":"summary"`)
			if other, _, _ := strings.Cut(replayed(t, nil, append(flags, gz)...), `{"type":"summary"`); other != incidents && s[1] != "" {
				t.Errorf("%s %v: gzip says\n%s\nwant\n%s", clothing, s, other, incidents)
			}
		}
	}
}

func flagsOf(s [2]string) (flags []string) {
	for i, name := range []string{"--since", "--until"} {
		if s[i] != "" {
			flags = append(flags, name, s[i])
		}
	}
	return flags
}

func summaryOf(t *testing.T, out string) (s summary) {
	t.Helper()
	_, last, _ := strings.Cut(out, `{"type":"summary"`)
	if err := json.Unmarshal([]byte(`{"type":"summary"`+last), &s); err != nil {
		t.Fatal(err, out)
	}
	return s
}

func TestSpanFaults(t *testing.T) {
	for _, args := range [][]string{
		{"--since", "yesterday", "-"},
		{"--since", "1h", "-"},
		{"--since", "Nov 41 07:00:00", "-"},
		{"--since", "2026-11-22", "--until", "2026-11-21", "-"},
	} {
		err := run(t.Context(), append([]string{"replay"}, args...), strings.NewReader(""), io.Discard, io.Discard)
		if _, usage := errors.AsType[term.UsageError](err); !usage {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// TestReplayInterrupted: who ends a replay gets what was found, though stdin says
// nothing any more.
func TestReplayInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		line := "Nov 21 07:38:00 lb1 haproxy[1]: Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n"
		_, _ = io.WriteString(w, strings.Repeat(line, 20_000))
		stop()
	}()
	var out bytes.Buffer
	err := run(ctx, []string{"replay", "--tz", "UTC", "-"}, r, &out, io.Discard)
	if code := exitCode(err, io.Discard); code != 130 || !strings.Contains(out.String(), "1 incident ") {
		t.Errorf("exit code %d, %v, said %q", code, err, out.String())
	}
}
