package wrap

import (
	"bytes"
	"testing"

	"haproxy-alert/syslog/internal/sample"
)

// TestMouldFits: what nearly all lines of a log wrapped in JSON come to is found
// without walking the members, and other lines are not.
func TestMouldFits(t *testing.T) {
	first := sample.Object("time", sample.Nano, "host", "lb1", "message", sample.Traffic, "x", 1)
	for second, want := range map[string]bool{
		first: true,
		sample.Object("time", "2027-01-02T03:04:05.000000001Z", "host", "lb2", "message", sample.Down+" \"x\"\n", "x", 7): true,
		sample.Object("time", sample.Nano, "host", "lbx", "message", sample.Traffic, "x", 1):                              false,
		sample.Object("time", sample.Nano, "host", "lb1", "message", sample.Traffic, "MESSAGE", sample.Down, "x", 1):      false,
		sample.Object("time", sample.Nano, "host", "lb1", "message", sample.Traffic, "x", 12):                             false,
		`{"x":1}`: false,
	} {
		var m Cache
		m.Unwrap([]byte(first))
		if _, ok := m.mould.line([]byte(second), &m.space); ok != want {
			t.Errorf("%s: %v", second, ok)
		}
	}
	for _, k := range keys { // of names that differ in digits alone, no one may be known
		if bytes.ContainsAny([]byte(k.name), "0123456789") {
			t.Errorf("%s has a digit", k.name)
		}
	}
}
