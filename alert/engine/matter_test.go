package engine_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/incident"
	"haproxy-alert/parse"
)

const (
	fdLimit   = "Proxy fe_http reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart."
	connLimit = "Proxy fe_%d reached the configured maximum connection limit. Please check the global 'maxconn' value."
	hardStop  = "soft-stop running for too long, performing a hard-stop."
)

// matterPolicy has all that tells of what is about no server.
func matterPolicy() alert.Policy {
	p := policy()
	p.LimitQuiet, p.Drops = 10*time.Minute, time.Minute
	return p
}

// Every limit says what to look at: the notice comes when there is no time to read up.
func TestLimitsSayWhereToLook(t *testing.T) {
	look := map[string]string{
		"P15": "LimitNOFILE", "P16": "fs.file-nr", "P17": "/proc/net/sockstat", "P18": "Raise maxconn in its global section",
		"P21a": "Raise maxconn in its global section", "P21b": "seccomp", "P21c": "RestrictAddressFamilies", "P21d": "namespace",
		"P21e": "Put setcap cap_net_bind_service in its global section",
	}
	rows := 0
	for _, row := range parse.Shapes() {
		if row.Kind != parse.ProxyLimit {
			continue
		}
		rows++
		f := observed(t, start, "lb1", "7", row.Example)
		notices, open := told(matterPolicy(), []alert.Fact{f})
		if len(notices) != 1 || len(open) != 1 {
			t.Fatalf("%s: %d notices, %d open", row.Row, len(notices), len(open))
		}
		n, quic := notices[0], row.Row == "P21e"
		if n.Kind != alert.Problem || (n.Severity == alert.Normal) != quic || (n.Severity == alert.Emergency) == quic {
			t.Errorf("%s: %v, severity %v", row.Row, n.Kind, n.Severity)
		}
		if n.Proxy != f.Name() || n.Server != "" || !slices.Equal(n.Observers, []string{"lb1"}) {
			t.Errorf("%s: about %q, seen by %q", row.Row, n.Key(), n.Observers)
		}
		if !strings.HasPrefix(n.Subject, "[LIMIT] "+f.Name()+": ") || strings.Contains(n.Subject, "unnamed") {
			t.Errorf("%s: %s", row.Row, n.Subject)
		}
		for _, want := range []string{look[row.Row], row.Example, "counts as over when none came for 10m (limit_quiet)"} {
			if !strings.Contains(n.Body, want) {
				t.Errorf("%s: no %q in\n%s", row.Row, want, n.Body)
			}
		}
	}
	if rows != len(look) {
		t.Errorf("%d rows of limits, want %d", rows, len(look))
	}
}

// A journal of before has less of the event than the line says; what it tells is the same.
func TestMattersOfOldJournals(t *testing.T) {
	for _, text := range []string{fdLimit, "socket(): not enough free sockets. Raise -n argument. Giving up.", "12 events dropped", hardStop} {
		f := observed(t, start, "lb1", "7", text)
		p := matterPolicy()
		p.HardStops = true
		want, _ := told(p, []alert.Fact{f})
		f.Event.Cause, f.Event.Count = "", parse.Number{}
		got, _ := told(p, []alert.Fact{f})
		if d := cmp.Diff(want, got); d != "" || len(want) != 1 {
			t.Errorf("%s: %d notices (-now +before):\n%s", text, len(want), d)
		}
	}
}

// A checkpoint of before knows of no such incident; one of now goes on with what is open.
func TestMattersSurviveCheckpoint(t *testing.T) {
	s := engine.New(matterPolicy(), nil)
	at := start
	take := func(text string, after time.Duration) {
		at = at.Add(after)
		f := observed(t, at, "lb1", "7", text)
		f.Source.Listener = fmt.Sprint(at) // so that none is a copy
		s.Apply(f)
	}
	take("12 events dropped", 0)
	take(fdLimit, 0)
	old := bytes.ReplaceAll(checkpoint(t, engine.New(matterPolicy(), nil)), []byte(`"Matters":{}`), []byte(`"Before":{}`))
	s = restored(t, matterPolicy(), s)
	take(fdLimit, time.Second)
	take("30 events dropped", time.Second)
	if open := s.Open(); len(open) != 2 || open[0].Reason != "42 events lost by HAProxy" && open[1].Reason != "42 events lost by HAProxy" {
		t.Errorf("open after a restart: %+v", open)
	}
	st := s.Sources()
	if len(st) != 1 || st[0].Lost != 42 || !st[0].LostAt.After(start.Add(2*time.Second-time.Millisecond)) {
		t.Errorf("sources %+v", st)
	}
	var err error
	if s, err = engine.Restore(matterPolicy(), nil, old); err != nil {
		t.Fatal(err)
	}
	take(fdLimit, time.Second)
	if open := s.Open(); len(open) != 1 || open[0].Severity != alert.Emergency {
		t.Errorf("open after a checkpoint of before: %+v", open)
	}
}

// A line may name any proxy: so many limits are open at once and no more, the rest is
// counted, and room is made as they go quiet.
func TestMattersAreBounded(t *testing.T) {
	s := engine.New(matterPolicy(), nil)
	for k := range incident.MaxTroubles + 3 {
		s.Apply(observed(t, start, "lb1", "7", fmt.Sprintf(connLimit, k)))
	}
	if n := len(s.Open()); n != incident.MaxTroubles || s.Overflow["limits and losses"] != 3 {
		t.Errorf("%d open, overflow %v", n, s.Overflow)
	}
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(time.Hour)})
	if n := len(s.Open()); n != 0 || len(s.Coming(func(string) bool { return true })) != 0 {
		t.Errorf("%d still open", n)
	}
}

// HAProxy may write the line at each connection it cannot take: what is kept does not grow
// with that, and nobody hears more of it.
func TestStormOfALimit(t *testing.T) {
	s := engine.New(matterPolicy(), nil)
	for k := range 20_000 {
		f := observed(t, start.Add(time.Duration(k)*time.Millisecond), "lb1", "7", fdLimit)
		s.Apply(f)
	}
	if size := len(checkpoint(t, s)); size > 64<<10 {
		t.Errorf("%d bytes are kept", size)
	}
	if n := len(s.Coming(func(string) bool { return true })); n != 1 {
		t.Errorf("%d things to come, want its end", n)
	}
}

// What ends a hard stop is its telling: peers that keep a state get no alert that nobody
// resolves, and a limit that was told is closed there when it is quiet.
func TestMattersEndAtPeers(t *testing.T) {
	p := matterPolicy()
	p.HardStops = true
	f := func(after time.Duration, text string) alert.Fact {
		return observed(t, start.Add(after), "lb1", "7", text)
	}
	notices, _ := told(p, []alert.Fact{f(0, hardStop), f(time.Minute, fdLimit), f(time.Hour, "12 events dropped"), f(2*time.Hour, hardStop)})
	want := map[string]string{
		"planned hard-stop lb1": "quiet", "problem limit process-fd lb1 fe_http": "", "recovery limit process-fd lb1 fe_http": "quiet",
		"blind ring lb1": "", "recovery ring lb1": "quiet",
	}
	got := map[string]string{}
	for _, n := range notices {
		part := n.Parts[0]
		if got[fmt.Sprint(n.Kind, " ", part.Key)] = part.Ended; part.Closed.IsZero() != (part.Ended == "") {
			t.Errorf("%q closed at %v, now %q", n.Subject, part.Closed, part.Ended)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// A limit is not told as over where nobody knows that: its beginning and its quiet stay
// two notices for a channel that was away.
func TestLimitsAreNotCaughtUp(t *testing.T) {
	p := matterPolicy()
	p.Channels = []alert.Channel{{Name: "ops"}}
	s := engine.New(p, nil)
	s.Apply(observed(t, start, "lb1", "7", fdLimit))
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(3 * time.Second)})
	first := s.Due(s.Clock(), nil).Send[0].Notice.ID
	s.Apply(alert.Fact{Kind: alert.Failed, Time: start.Add(4 * time.Second), Channel: "ops", Notice: first, Error: "451"})
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(time.Hour)})
	var got []string
	for s.Waiting()["ops"] > 0 {
		d := s.Due(s.Clock(), nil).Send[0]
		got = append(got, d.Notice.Subject)
		s.Apply(alert.Fact{Kind: alert.Delivered, Time: s.Clock(), Channel: "ops", Notice: d.Notice.ID})
	}
	want := []string{
		"[LIMIT] fe_http: process FD limit reached at 1024: raise ulimit-n, and restart (lb1)",
		"[QUIET] fe_http: process FD limit not reported any more (lb1)",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// Whoever can write log lines can write any number.
func TestMattersCountWithinBounds(t *testing.T) {
	s := engine.New(matterPolicy(), nil)
	for k := range 10 {
		at := start.Add(time.Duration(k) * time.Second)
		s.Apply(observed(t, at, "lb1", "7", "9223372036854775807 events dropped"))
		s.Apply(observed(t, at, "lb1", "7", "Proxy fe hard-stopped (9223372036854775807 remaining conns will be closed)."))
		s.Apply(observed(t, at, "lb1", "7", "99999999999999999999999 events dropped"))
	}
	if st := s.Sources()[0]; st.Lost <= 0 || st.Closed <= 0 {
		t.Errorf("%d events lost, %d connections closed", st.Lost, st.Closed)
	}
}

// A log that ends with a hard stop shows it all the same, and nothing that was still held.
func TestReplayEndsWithAHardStop(t *testing.T) {
	p := matterPolicy()
	p.GroupWait, p.HardStops = 10*time.Millisecond, true
	notices, open := told(p, []alert.Fact{observed(t, start, "lb1", "7", hardStop)})
	if len(notices) != 1 || notices[0].Kind != alert.Planned || len(open) != 0 {
		t.Errorf("told %q, open %v", subjects(notices), open)
	}
}
