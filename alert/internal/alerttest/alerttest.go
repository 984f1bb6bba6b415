// Package alerttest makes the facts and rules that tests of the core have in common.
package alerttest

import (
	"strconv"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// Start is when most tests begin.
var Start = time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)

// What HAProxy writes at the end of a DOWN and of an UP line.
const (
	Left   = ". 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
	Online = ". 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
)

// Observed is the fact of a health line of a load balancer's process.
func Observed(t *testing.T, at time.Time, host, pid, text string) alert.Fact {
	t.Helper()
	ev, ok := parse.Line(text)
	if !ok {
		t.Fatalf("no health line: %q", text)
	}
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	return alert.Fact{
		Kind: alert.Observed, Time: at, At: at, Event: ev, Text: text,
		Source: alert.Source{Host: host, Tag: "haproxy", PID: n},
	}
}

// Down is the fact that a server ("be/s1") went down just now.
func Down(t *testing.T, server string) alert.Fact {
	t.Helper()
	return Observed(t, time.Now(), "lb1", "1", "Server "+server+" is DOWN, reason: Layer4 timeout, check duration: 1ms"+Left)
}

// Up is the fact that a server came up just now.
func Up(t *testing.T, server string) alert.Fact {
	t.Helper()
	return Observed(t, time.Now(), "lb1", "1", "Server "+server+" is UP, reason: Layer4 check passed, check duration: 1ms"+Online)
}

// Policy gathers for 2 s and tells the channels.
func Policy(channels ...string) alert.Policy {
	p := alert.Policy{Timing: alert.Timing{GroupWait: alert.DefaultGroupWait}}
	for _, c := range channels {
		p.Channels = append(p.Channels, alert.Channel{Name: c})
	}
	return p
}

// Pattern is a regular expression over names.
func Pattern(t *testing.T, expr string) alert.Pattern {
	t.Helper()
	p, err := alert.ParsePattern(expr)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
