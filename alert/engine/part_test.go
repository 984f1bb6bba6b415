package engine_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// A part has the log lines that say it: what opened it rather than the check before, all
// that led to a proxy without servers, what ended it.
func TestPartsHaveTheirLines(t *testing.T) {
	const left, none, online = " 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		" 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		" 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	check := "Health check for server be/s1 failed, reason: Layer4 timeout, check duration: 1ms, status: 0/2 DOWN."
	lines := []struct {
		after time.Duration
		text  string
	}{
		{0, check},
		{0, "Server be/s1 is DOWN." + left},
		{10 * time.Second, "Server be/s2 is DOWN." + none},
		{0, "backend be has no server available!"},
		{time.Minute, "Server be/s1 is UP." + online},
		{0, "Server be/s2 is UP." + online},
	}
	var got [][]string
	r := engine.Replay{Policy: policy(), Ended: func(alert.Incident) {}, Told: func(d alert.Decision) {
		for _, p := range d.Notice.Parts {
			got = append(got, append([]string{d.Notice.Kind.String() + " " + p.Key}, p.Lines...))
		}
	}}
	at := start
	for _, l := range lines {
		at = at.Add(l.after)
		r.Observe(observed(t, at, "lb1", "7", l.text))
	}
	r.Finish()
	want := [][]string{
		{"problem be/s1", lines[1].text},
		{"problem be", lines[2].text, lines[3].text},
		{"recovery be/s1", lines[4].text},
		{"recovery be", lines[5].text},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("lines of parts (-want +got):\n%s", d)
	}
}
