package syslog

import (
	"os"
	"strings"
	"testing"

	"haproxy-alert/syslog/header"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/mcuadros/go-syslog.v2/format"
)

// agree compares go-syslog's reading of a frame with ours, where both can read.
func agree(t *testing.T, frame []byte) (asked bool) {
	t.Helper()
	var h header.Header
	h.Read(frame)
	var library, hand Message
	if !library.byLibrary(&h, frame, near) {
		return false
	}
	hand.byHand(&h, frame, near)
	if !library.Time.Equal(hand.Time) {
		t.Errorf("%q: go-syslog reads the time %v, we %v", frame, library.Time, hand.Time)
	}
	library.Time = hand.Time
	if diff := cmp.Diff(library, hand); diff != "" {
		t.Errorf("%q: (-go-syslog +ours)\n%s", frame, diff)
	}
	return true
}

// TestLibraryReads names the headers go-syslog is asked to read, the two forms
// it was written for, and those it is not: an answer of its own for these would
// be a wrong one.
func TestLibraryReads(t *testing.T) {
	for header, want := range map[string]bool{
		"<129>Nov 21 07:38:02 haproxy[28133]: ":                                 true,
		"<129>Nov 21 07:38:02 localhost haproxy[28133]: ":                       true,
		"<129>Nov 21 07:38:02 - haproxy[28133] ":                                true,
		"<129>Nov 21 07:38:02 lb1 haproxy: ":                                    true,
		"<129>1 2026-11-21T07:38:02+00:00 vm haproxy 27820 - - ":                true,
		"<129>1 2026-11-21T07:38:02.217407Z - haproxy 28133 - - ":               true,
		"<129>1 2026-11-21T07:38:02+01:00 vm haproxy 28133 - -  ":               true,
		"<129>1 - vm haproxy - ID47 [a b=\"c\"] ":                               true,
		"<129>Nov 21 07:38:02  vm haproxy[28133]: ":                             false,
		"<129>Nov 21 07:38:02 vm my tag[28133]: ":                               false,
		"<129>Nov 21 07:38:02.5 vm haproxy[28133]: ":                            false,
		"<129>Feb 29 07:38:02 vm haproxy[28133]: ":                              false,
		"<129>Nov 31 07:38:02 vm haproxy[28133]: ":                              false,
		"<129>Nov 21 07:38:60 vm haproxy[28133]: ":                              false,
		"<129>Nov 21 07:38:02 ":                                                 false,
		"<129>1 2026-11-21T07:38:02-00:00 vm haproxy 28133 - - ":                false,
		"<129>1 2026-11-21T07:38:02.2174071Z vm haproxy 28133 - - ":             false,
		"<129>1 2026-11-21T07:38:02Z vm my tag 28133 - - ":                      false,
		"<129>1 2026-11-21T07:38:02Z vm " + strings.Repeat("a", 49) + " 1 - - ": false,
		"<129>":                                false,
		"<1>2026-11-21T07:38:02.217407+00:00 ": false,
	} {
		if got := agree(t, []byte(header+"text")); got != want {
			t.Errorf("go-syslog was asked for %q: %v, want %v", header, got, want)
		}
	}
}

// TestHostIsNotOurs: go-syslog gives its own host's name to a header without one.
func TestHostIsNotOurs(t *testing.T) {
	ours, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	frame := []byte("<129>Nov 21 07:38:02 haproxy[28133]: text")
	parts, _ := decode((&format.RFC3164{}).GetParser(frame))
	if parts["hostname"] != ours {
		t.Fatalf("go-syslog gives the host name %v: is the guard still needed?", parts["hostname"])
	}
	if m := Parse(frame, near); m.Host != "" {
		t.Errorf("host %q, but the header names none", m.Host)
	}
}

// TestPanicStops: the screen keeps the known crashers away from go-syslog; should
// one come through, it ends in decode.
func TestPanicStops(t *testing.T) {
	for _, crasher := range []string{"<34>", "<129>Sep 23 10:00:00 lb1"} {
		if _, panicked := decode((&format.RFC3164{}).GetParser([]byte(crasher))); !panicked {
			t.Errorf("go-syslog reads %q: is the guard still needed?", crasher)
		}
		if m := Parse([]byte(crasher), near); m.Panicked {
			t.Errorf("Parse(%q) let go-syslog panic", crasher)
		}
	}
}
