package parse

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	const whole = "Server a/b is DOWN. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	for _, tt := range []struct {
		text, row string
		good      string // what of the text follows the row
	}{
		{whole + " GET /", "S1", whole},
		{"Server a/b is DOWN, reason: Layer4 \"x\"", "S1", "Server a/b is DOWN, reason: Layer4 "},
		{"Server a/b is UP/READY (leaving nothing).", "S10", "Server a/b is UP/READY (leaving "},
		{"Server a/b is DOWN", "S1", "Server a/b is DOWN"},
		{"backend x has no server available?", "P1a", "backend x has no server available"},
		{"backend 'x has no server available!", "P1b", "backend 'x"},
		{"Proxy x has left.", "P21d", "Proxy x has "},
		{"a/b changed its IP from x to y by nobody at all?", "S22", "a/b changed its IP from x to y by nobody at all"},
		{"SIGHUP: Proxy x has 1 servers.", "P14e", "SIGHUP: Proxy x has 1 "},
	} {
		row, at, ok := Nearest(tt.text + "\n")
		if !ok || row != tt.row || tt.text[:min(at, len(tt.text))] != tt.good {
			t.Errorf("Nearest(%q) = %s, %d, %v; want %s, %d", tt.text, row, at, ok, tt.row, len(tt.good))
		}
	}
}

// TestNearestOfNothing reports no row for health lines, traffic, and lines that
// are known to be about something else.
func TestNearestOfNothing(t *testing.T) {
	for _, text := range []string{
		"", trafficLine, lines.rows[0].example, lines.rows[0].example[:80],
		"frontend fe_http failed to enter pause mode.",
		"backend ID mismatch: from server state file: '3', from running config '4'",
	} {
		if row, at, ok := Nearest(text); ok {
			t.Errorf("Nearest(%q) = %s, %d, want none", text, row, at)
		}
	}
}

// TestNearestOfSpecimens changes one byte of every whole line: the row that is
// named follows the text at least so far.
func TestNearestOfSpecimens(t *testing.T) {
	for _, line := range wholeLines(t) {
		at := strings.LastIndexByte(line, ' ') + 1
		broken := line[:at] + "\x01" + line[at:]
		row, far, ok := Nearest(broken)
		if Candidate([]byte(broken)) && (!ok || far != at) {
			t.Errorf("Nearest(%q) = %s, %d, %v, want %d", broken, row, far, ok, at)
		}
	}
}
