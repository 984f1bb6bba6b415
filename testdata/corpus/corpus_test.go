package corpus

import (
	"bytes"
	"testing"
)

// TestFiles holds the size of the capture, so that a test that reads it cannot
// pass by reading nothing.
func TestFiles(t *testing.T) {
	for _, tt := range []struct {
		glob         string
		files, lines int
	}{
		{"haproxy-*/*.log", 261, 36307},
		{"haproxy-*/actions.jsonl", 6, 3706},
		{"haproxy-*/haproxy.cfg", 6, 2088},
		{"formats/*/*/*.jsonl", 284, 55138},
		{"rsyslog/*/*.log", 18, 27000},
		{"datagrams.jsonl", 1, 2094},
		{"mails/*", 3, 4011},
		{"grammar.tsv", 1, 25},
	} {
		files, lines := 0, 0
		for _, data := range Files(tt.glob) {
			files++
			lines += bytes.Count(data, []byte("\n"))
		}
		if files != tt.files || lines != tt.lines {
			t.Errorf("%s: %d files of %d lines, want %d of %d", tt.glob, files, lines, tt.files, tt.lines)
		}
	}
}
