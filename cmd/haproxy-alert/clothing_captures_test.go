package main

import (
	"bytes"
	"encoding/json"
	"path"
	"testing"

	"haproxy-alert/parse"
	"haproxy-alert/testdata/corpus"
)

// TestClothingsRsyslog reads the run that rsyslog wrote down in nine ways.
func TestClothingsRsyslog(t *testing.T) {
	first := map[string][]telling{}
	files := 0
	for name, data := range corpus.Files("rsyslog/*/*.log") {
		files++
		got := health(t, bytes.Split(data, []byte{'\n'}))
		version := path.Dir(name)
		if first[version] == nil {
			first[version] = got
			t.Logf("%s: %d events", version, len(got))
		}
		if want := first[version]; len(got) < 100 || len(got) != len(want) {
			t.Errorf("%s: %d events, want %d", name, len(got), len(want))
		}
		// HAProxy's threads write at once: a server's lines are one thread's at a time.
		compareOrder(t, name, bySubject, first[version], got)
	}
	if files != 18 {
		t.Errorf("%d files, want 18", files)
	}
}

// TestClothingsDatagrams reads the second capture: of each version, the formats it
// was sent in at once hold the same events. Its datagrams are distinct ones, so
// that they have no order.
func TestClothingsDatagrams(t *testing.T) {
	versions := map[string]map[string][]telling{}
	lines := 0
	for line := range bytes.Lines(corpus.File("datagrams.jsonl")) {
		var d struct{ Version, Format, Datagram string }
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatal(err)
		}
		lines++
		if versions[d.Version] == nil {
			versions[d.Version] = map[string][]telling{}
		}
		if r := tell(t, []byte(d.Datagram)); r.kind != parse.None {
			versions[d.Version][d.Format] = append(versions[d.Version][d.Format], r)
		}
	}
	for version, formats := range versions {
		for format, got := range formats {
			want := formats["rfc3164"]
			switch format {
			case "main", "UNIX", "LEG":
				continue // scenarios of their own
			case "short80": // len 80: a line or two lost their verb
				if len(got) < len(want)-2 {
					t.Errorf("%s %s: %d events, want %d", version, format, len(got), len(want))
				}
			default:
				if len(got) != len(want) || len(got) == 0 {
					t.Errorf("%s %s: %d events, want %d", version, format, len(got), len(want))
				}
			}
			compareOrder(t, version+" "+format, byEvent, want, got)
		}
	}
	t.Logf("%d datagrams of %d versions", lines, len(versions))
}
