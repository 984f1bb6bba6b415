package intake

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/loop"
	"haproxy-alert/syslog/follow"
)

// newTestFollowed follows nothing; the loop behind it does not run.
func newTestFollowed(t *testing.T, kept alert.Mark) *followed {
	t.Helper()
	loop := &loop.Loop{State: engine.New(alert.Policy{}, nil), Log: slog.New(slog.DiscardHandler)}
	f := NewFeed(loop, 1<<20, time.Minute, loop.Log)
	follower, err := follow.Config{Path: filepath.Join(t.TempDir(), "haproxy.log")}.Open()
	if err != nil {
		t.Fatal(err)
	}
	return newFollowed(f, follower, time.UTC, kept)
}

// What was written while we were away has its own time, however long ago that was, and no
// line is older than what had been taken before. A fresh one is judged as one that comes
// by a socket.
func TestFollowedTimes(t *testing.T) {
	now := time.Date(2026, time.January, 10, 3, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		since time.Time
		line  string
		want  time.Time // zero: now
	}{
		"fresh":                       {now, "Jan 10 02:59:59", now.Add(-time.Second)},
		"fresh, but the clock is off": {now, "Jan  2 03:00:00", time.Time{}},
		"an outage of three hours":    {now.Add(-3 * time.Hour), "Jan 10 00:10:00", now.Add(-170 * time.Minute)},
		"a holiday":                   {now.Add(-14 * day), "Dec 28 03:00:00", now.Add(-13 * day)},
		"older than can be":           {now.Add(-3 * day), "Dec 28 03:00:00", time.Time{}},
		"never followed before":       {time.Time{}, "Feb 10 03:00:00", now.AddDate(-1, 1, 0)},
		"never, two hours ago":        {time.Time{}, "Jan 10 01:00:00", now.Add(-2 * time.Hour)},
		"not written yet":             {now.Add(-3 * day), "2026-01-20T03:00:00+00:00", time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newTestFollowed(t, alert.Mark{})
			line := c.line + " lb1 haproxy[1]: Server be/s1 is DOWN."
			f, _ := l.fact(&follow.Record{Data: []byte(line), CaughtUpAt: c.since}, now)
			want, said := c.want, time.Time{}
			if c.want.IsZero() {
				want, said = now, f.Said
				if said.IsZero() {
					t.Error("what the line said is not kept")
				}
			}
			if !f.At.Equal(want) || !f.Said.Equal(said) || f.Source.Host != "lb1" || f.Source.Listener != l.Path {
				t.Errorf("at %v, said %v, source %+v; want %v", f.At, f.Said, f.Source, want)
			}
		})
	}
}

// How far a file was read is recorded where no health line says so: when it is another
// file, and after much that said nothing.
func TestFollowedRecordsHowFar(t *testing.T) {
	kept := alert.Mark{Path: "/l", Inode: 7, Offset: 100}
	for name, c := range map[string]struct {
		at   follow.Position
		ago  time.Duration
		want bool
	}{
		"nothing new":           {follow.Position{Path: "/l", Inode: 7, Offset: 100}, time.Hour, false},
		"little":                {follow.Position{Path: "/l", Inode: 7, Offset: 200}, time.Hour, false},
		"much, but just now":    {follow.Position{Path: "/l", Inode: 7, Offset: 100 + markBytes}, markEvery / 2, false},
		"much":                  {follow.Position{Path: "/l", Inode: 7, Offset: 100 + markBytes}, markEvery + time.Second, true},
		"another file":          {follow.Position{Path: "/l", Inode: 8, Offset: 100}, 0, true},
		"truncated":             {follow.Position{Path: "/l", Inode: 7, Offset: 0}, 0, true},
		"another file system's": {follow.Position{Path: "/l", Dev: 1, Inode: 7, Offset: 100}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newTestFollowed(t, kept)
			l.keptAt = time.Now().Add(-c.ago)
			l.take(&follow.Record{Position: c.at})
			want := kept
			if c.want {
				want = markOf(c.at)
			}
			if d := cmp.Diff(want, l.kept); d != "" {
				t.Errorf("kept (-want +got):\n%s", d)
			}
		})
	}
}

// A line of traffic costs nothing and leaves no trace, but it is heard.
func TestFollowedTraffic(t *testing.T) {
	l := newTestFollowed(t, alert.Mark{})
	taken := follow.Record{Data: []byte(`Nov 21 07:38:02 lb1 haproxy[1]: 10.0.0.1:43114 [21/Nov/2026:07:38:34.650] fe be/s1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`)}
	if n := testing.AllocsPerRun(100, func() { l.take(&taken) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	l.take(&follow.Record{Position: follow.Position{Path: l.Path}})
	if l.feed.events.Load() != 0 {
		t.Errorf("%d events", l.feed.events.Load())
	}
	if heard := l.feed.Ears.heard(); heard[l.Path].IsZero() {
		t.Errorf("heard: %v", heard)
	}
}
