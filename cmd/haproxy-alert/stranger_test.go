package main

import (
	"bytes"
	"compress/gzip"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	syslogTraffic = `Nov 21 07:38:03 lb1 haproxy[28133]: 127.0.0.1:43114 [21/Nov/2026:07:38:34.650] fe be/s1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"` + "\n"
	rawTraffic    = `127.0.0.1:43114 [21/Nov/2026:07:38:34.650] fe be/s1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"` + "\n"
	rawHealth     = "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n"
)

// What is no log at all is told of, once for each file, and is no failure; what HAProxy
// writes, with a header or without, is not.
func TestReplayOfNoLog(t *testing.T) {
	var picture, packed bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(picture.Bytes())
	_ = z.Close()
	folder := t.TempDir()
	for name, row := range map[string]struct {
		text    string
		strange bool
	}{
		"photo.png":     {picture.String(), true},
		"photo.gz":      {packed.String(), true},
		"config.json":   {"{\n  \"listen\": [\"udp\"]\n}\n", true},
		"flat.json":     {`{"listen":["udp"],"log":5}`, true},
		"prose.txt":     {strings.Repeat("We went down to the river.\n", 40000), true},
		"blank":         {"\n\n", true},
		"empty":         {"", false},
		"syslog.log":    {strings.Repeat(syslogTraffic, 40000), false},
		"raw.log":       {rawTraffic, false},
		"health.log":    {rawHealth, false},
		"connect.log":   {"Connect from 127.0.0.1:43114 to 127.0.0.1:80 (fe/HTTP)\n", false},
		"stderr.log":    {"[WARNING]  (28133) : Proxy fe stopped.\n", false},
		"torn.log":      {"ET / HTTP/1.1\"\n" + syslogTraffic, false},
		"torn both.log": {"ET / HTTP/1.1\"\n" + syslogTraffic + "-- end --\n", false},
		"middle.log":    {strings.Repeat("nothing\n", 1000) + rawHealth + strings.Repeat("nothing\n", 1000), false},
		"lastlines.log": {strings.Repeat("nothing\n", 1000) + syslogTraffic, false},
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"replay", "explain"} {
			code, said := runSaid(t, command, path)
			if got := strings.Count(said, path+": is it a log? Of its "); code != 0 || got > 1 || got == 1 != row.strange {
				t.Errorf("%s %s: code %d, said %d times, strange is %v\n%s", command, name, code, got, row.strange, said)
			}
		}
	}
	code, said := runSaid(t, "replay", filepath.Join(folder, "photo.png"), filepath.Join(folder, "health.log"), filepath.Join(folder, "prose.txt"))
	if code != 0 || strings.Count(said, "is it a log?") != 2 || strings.Contains(said, "health.log") {
		t.Errorf("three files: code %d\n%s", code, said)
	}
	if code, said = runSaid(t, "explain", "--all", filepath.Join(folder, "prose.txt")); code != 0 || strings.Contains(said, "is it a log?") {
		t.Errorf("explain --all: code %d\n%s", code, said)
	}
}
