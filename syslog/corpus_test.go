package syslog

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	"haproxy-alert/syslog/framing"
	"haproxy-alert/syslog/header"
	"haproxy-alert/testdata/corpus"
)

// chunk is one datagram, or one piece of a stream, as it was captured.
type chunk struct {
	Bytes []byte `json:"bytes_base64"`
}

func chunks(t *testing.T, captured []byte) (all [][]byte) {
	t.Helper()
	for line := range bytes.Lines(captured) {
		var c chunk
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c.Bytes)
	}
	return all
}

// isStream tells which targets were captured from a stream.
func isStream(target string) bool {
	return strings.HasPrefix(target, "ring_") || strings.HasPrefix(target, "rsys_") ||
		target == "tcp_direct" || strings.HasPrefix(target, "std")
}

// messages cuts and parses what a target received.
func messages(t *testing.T, target string, captured []byte) (all []Message) {
	t.Helper()
	got := chunks(t, captured)
	if isStream(target) {
		frames, bad := framed(bytes.Join(got, nil))
		if bad > 0 {
			t.Errorf("%s: framing broke %d times", target, bad)
		}
		got = frames
	}
	for _, frame := range got {
		m := Parse(frame, near)
		if string(Body(frame)) != m.Text {
			t.Errorf("%s: Body(%q) is not %q", target, frame, m.Text)
		}
		if m.Panicked {
			t.Errorf("%s: go-syslog panicked over %q", target, frame)
		}
		agree(t, frame)
		if m.Text != "" {
			all = append(all, m)
		}
	}
	return all
}

// framed cuts a stream into frames.
func framed(stream []byte) (frames [][]byte, bad uint64) {
	const longest = 64 << 10
	f := framing.New(longest, framing.NewBuffers(longest))
	defer f.Close()
	take := func(next func() ([]byte, bool, bool)) {
		for data, _, ok := next(); ok; data, _, ok = next() {
			frames = append(frames, bytes.Clone(data))
		}
	}
	for len(stream) > 0 {
		n := copy(f.Space(), stream)
		f.Filled(n)
		stream = stream[n:]
		take(f.Next)
	}
	take(f.Rest)
	return frames, f.Bad
}

func texts(all []Message) (lines []string) {
	for _, m := range all {
		lines = append(lines, m.Text)
	}
	return lines
}

// formats is what each target of the corpus must be taken for.
var formats = map[string]string{
	"udp_rfc3164": header.RFC3164, "udp_local": header.RFC3164, "udp_notice": header.RFC3164, "udp_alert": header.RFC3164, "udp_minlvl": header.RFC3164,
	"udp_len100": header.RFC3164, "udp_profile": header.RFC3164, "udp_be_own": header.RFC3164, "unix_dgram": header.RFC3164, "ring_lf": header.RFC3164,
	"rsys_lf_default": header.RFC3164, "logbe": header.RFC3164, "udp_rfc5424": header.RFC5424, "ring_octet": header.RFC5424, "tcp_direct": header.RFC5424,
	"fwd_rfc5424": header.RFC5424, "rsys_octet": header.Proto23, "rsys_lf": header.ForwardISO, "udp_priority": header.Priority, "udp_short": header.Short,
	"udp_timed": header.Timed, "udp_iso": header.ISO, "udp_raw": header.Raw, "ring_raw": header.Raw, "stdout": header.Raw, "stderr": header.Stderr,
}

// whole are the targets that received every line: of one run, all say the same.
var whole = []string{
	"udp_local", "udp_minlvl", "udp_rfc5424", "udp_priority", "udp_short", "udp_timed", "udp_iso", "udp_raw",
	"rsys_octet", "rsys_lf", "rsys_lf_default", "stdout", "logbe",
}

// TestCorpusFormats reads the same runs in all their clothes.
func TestCorpusFormats(t *testing.T) {
	runs := map[string]map[string][]Message{}
	for name, captured := range corpus.Files("formats/*/*/*.jsonl") {
		run, target := path.Dir(name), strings.TrimSuffix(path.Base(name), ".jsonl")
		if runs[run] == nil {
			runs[run] = map[string][]Message{}
		}
		all := messages(t, target, captured)
		for _, m := range all {
			if m.Format != formats[target] {
				t.Errorf("%s: taken for %s, want %s: %q", name, m.Format, formats[target], m.Text)
				break
			}
		}
		runs[run][target] = all
	}
	if len(runs) < 12 {
		t.Fatalf("only %d runs", len(runs))
	}
	for run, targets := range runs {
		t.Run(run, func(t *testing.T) { compareTargets(t, run, targets) })
	}
}

// compareTargets holds the texts of all targets against those of udp_rfc3164. In
// a reload two processes write at once: then the order is left out.
func compareTargets(t *testing.T, run string, targets map[string][]Message) {
	want := texts(targets["udp_rfc3164"])
	reload := strings.Contains(run, "reload")
	if reload {
		slices.Sort(want)
	}
	for _, target := range whole {
		all, ok := targets[target]
		got := texts(all)
		if reload {
			slices.Sort(got)
		}
		if ok && !slices.Equal(got, want) {
			t.Errorf("%s: %d texts are not the %d of udp_rfc3164", target, len(got), len(want))
		}
	}
	for target, all := range targets {
		for _, text := range texts(all) {
			if !isPart(target, text, want) {
				t.Errorf("%s: %q was never written", target, text)
			}
		}
	}
}

// isPart tells whether a text is one of the run's, in the shape of its target. On
// stderr "no server" has quotes (haproxy-messages.md, P1) and the rest is the
// start-up's; udp_profile's traffic lines and udp_be_own's are their own. The two
// rings of 3.2 had a line more, older than the other targets' first.
func isPart(target, text string, want []string) bool {
	switch target {
	case "stderr", "udp_profile", "udp_be_own":
		return !strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "<")
	case "udp_len100":
		return slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(w, text) })
	case "ring_octet", "ring_lf", "ring_raw":
		return slices.Contains(want, text) || strings.HasPrefix(text, "127.0.0.1:")
	}
	return slices.Contains(want, text)
}

// TestCorpusRsyslog reads one run in the nine forms rsyslog wrote it in.
func TestCorpusRsyslog(t *testing.T) {
	wanted := map[string]string{"traditional": header.File, "fileformat": header.FileISO, "proto23": ""}
	runs := map[string][]string{}
	for name, written := range corpus.Files("rsyslog/*/*.log") {
		form := strings.Split(path.Base(name), ".")[1]
		line := Timeline{Location: near.Location, Written: near.Near}
		var got []string
		for frame := range bytes.Lines(written) {
			m := line.Parse(frame)
			if want := wanted[form]; want != "" && m.Format != want || want == "" && m.Format != header.RFC5424 && m.Format != header.Proto23 {
				t.Fatalf("%s: taken for %s: %q", name, m.Format, frame)
			}
			if m.PID == 0 || m.Time.Year() != 2026 || m.Tag == "" {
				t.Fatalf("%s: pid %d, tag %q, time %v of %q", name, m.PID, m.Tag, m.Time, frame)
			}
			agree(t, frame)
			got = append(got, m.Text)
		}
		slices.Sort(got)
		version := path.Dir(name)
		if runs[version] == nil {
			runs[version] = got
		}
		if len(got) == 0 || !slices.Equal(got, runs[version]) {
			t.Errorf("%s: %d texts differ from the other forms' %d", name, len(got), len(runs[version]))
		}
	}
	if len(runs) != 2 {
		t.Fatalf("%d versions, want 2", len(runs))
	}
}

// TestCorpusDatagrams reads the second, independent capture, from 1.4.6 on.
func TestCorpusDatagrams(t *testing.T) {
	count := 0
	for line := range bytes.Lines(corpus.File("datagrams.jsonl")) {
		var d struct{ Version, Format, Datagram string }
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatal(err)
		}
		count++
		frame := []byte(d.Datagram)
		m := Parse(frame, near)
		agree(t, frame)
		want := map[string]string{"short": header.Short, "raw": header.Raw, "iso": header.ISO, "timed": header.Timed, "priority": header.Priority, "rfc5424": header.RFC5424}[d.Format]
		if want == "" {
			want = header.RFC3164
		}
		if m.Format != want || m.Panicked || m.Text == "" || strings.HasPrefix(m.Text, " ") {
			t.Errorf("%s %s is taken for %s, %q: %q", d.Version, d.Format, m.Format, m.Text, d.Datagram)
		}
		if want == header.RFC3164 && (m.PID == 0 || m.Tag == "") {
			t.Errorf("%s: tag %q, pid %d of %q", d.Version, m.Tag, m.PID, d.Datagram)
		}
	}
	if count < 2000 {
		t.Errorf("only %d datagrams", count)
	}
}
