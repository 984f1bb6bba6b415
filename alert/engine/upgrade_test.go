package engine_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
)

// upgradeFolder holds a journal that a daemon of the version before left behind when it was
// killed; its README says how it was made.
const upgradeFolder = "../../testdata/journal-v3/"

// What comes once the new daemon is up: the channels work again, and all comes back.
const afterUpgrade = `
+10s lb1[2] Server many/s2 is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+0s lb1[2] Server many/s3 is UP, reason: Layer4 check passed, check duration: 0ms. 3 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+0s lb1[2] Server many/s4 is UP, reason: Layer4 check passed, check duration: 0ms. 4 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+5s lb1[2] Server late/l1 is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+0s lb1[2] Server via/v1 is UP via late/l1. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+5s lb2[7] Server be/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 3 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+5s lb1[2] Server be/work is UP/READY (leaving forced maintenance).
+5s lb3[9] Server followed/f1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+5s lb1[2] Server db_a/s1 is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
+61m lb1[2] Server be/old is DOWN, reason: Layer4 timeout, check duration: 1ms. 2 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.
+10s lb1[2] Server be/old is UP, reason: Layer4 check passed, check duration: 0ms. 3 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.
`

// A daemon of this version takes over from one of the version before that was killed: what
// was told is not told again, and what was not is told as that one would have.
func TestUpgrade(t *testing.T) {
	told := strings.Fields(string(mustRead(t, "told.txt")))
	var kept []byte
	for _, twice := range []bool{false, true} {
		s := upgraded(t)
		before := standing(s)
		if twice { // read back once more, as this version writes it
			s = restored(t, upgradeRules(), s)
			if d := cmp.Diff(before, standing(s)); d != "" {
				t.Errorf("after another restart (-before +after):\n%s", d)
			}
		}
		got := before + playAfter(t, s, told)
		if kept == nil {
			kept = []byte(got)
		}
		if d := cmp.Diff(string(kept), got); d != "" {
			t.Errorf("after another restart (-before +after):\n%s", d)
		}
	}
	if *update {
		if err := os.WriteFile(upgradeFolder+"want.txt", kept, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(mustRead(t, "want.txt")), string(kept)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// upgradeRules are those the fixture was made by.
func upgradeRules() alert.Policy {
	p := policy("ops", "pager")
	p.GroupWait, p.Digest, p.ChannelAlarm, p.Remind = time.Second, 3, 4*time.Second, time.Hour
	p.ReloadGrace, p.ReloadQuiet = 2*time.Second, time.Hour
	p.Flap = alert.Flap{Changes: alert.DefaultFlapChanges, Within: alert.DefaultFlapWithin}
	return p
}

// upgraded is the state of the fixture: its checkpoint and the facts behind it.
func upgraded(t *testing.T) *engine.State {
	t.Helper()
	dir := t.TempDir()
	unpack(t, upgradeFolder+"journal.tar.gz", dir)
	j, r, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "journal")})
	if err != nil || len(r.Damage) > 0 || r.Count == 0 {
		t.Fatalf("%v, %d facts, %v", r.Damage, r.Count, err)
	}
	defer j.Close()
	if !strings.HasPrefix(string(r.State), `{"Version":3,`) {
		t.Fatalf("the fixture is not of version 3: %.40s", r.State)
	}
	s, err := engine.Restore(upgradeRules(), nil, r.State)
	if err != nil {
		t.Fatal(err)
	}
	for f, err := range r.Facts {
		if err != nil {
			t.Fatal(err)
		}
		s.Apply(f)
	}
	return s
}

// standing is what the daemon knows and what waits, in words.
func standing(s *engine.State) string {
	var b strings.Builder
	for _, i := range s.Open() {
		fmt.Fprintf(&b, "open %s %s planned=%v flaps=%d %s\n", i.Key, i.ID, i.Planned, i.Flaps, strings.Join(i.Observers, ","))
	}
	for _, st := range s.Standings() {
		fmt.Fprintf(&b, "view %s/%s %s %s\n", st.Proxy, st.Server, st.Observer, st.State)
	}
	for _, c := range s.Channels(s.Clock()) {
		fmt.Fprintf(&b, "channel %s waiting=%d attempts=%d delivered=%d error=%q\n", c.Name, c.Waiting, c.Attempts, c.Delivered, c.Error)
		for _, p := range s.Told(c.Name) {
			fmt.Fprintf(&b, "told %s %s %s\n", c.Name, p.Key, p.Kind)
		}
	}
	for _, q := range s.ListSilences(s.Clock()) {
		fmt.Fprintf(&b, "silence %s %s held=%d\n", q.ID, q.Comment, s.HeldBack(q.ID))
	}
	m, ok := s.Mark("/tmp/journal-v3/haproxy.log")
	fmt.Fprintf(&b, "mark %v offset=%d head=%d\n", ok, m.Offset, m.HeadSize)
	for _, d := range s.Coming(func(string) bool { return true }) {
		fmt.Fprintf(&b, "coming %v %s %s %s %s\n", d.Time.Sub(s.Clock()), d.Key, d.Kind, d.Rule, d.Notice.ID)
	}
	return b.String()
}

// playAfter plays what comes after the upgrade and returns what is told.
func playAfter(t *testing.T, s *engine.State, told []string) string {
	t.Helper()
	var b strings.Builder
	begun := s.Clock()
	tell := func(until time.Time) {
		for now := s.Clock(); ; {
			plan := s.Due(now, nil)
			for _, d := range slices.Concat(plan.Send, plan.GiveUp) {
				if d.Channel == "ops" && slices.Contains(told, d.Notice.ID) {
					t.Errorf("told again: %s", d.Notice.Subject)
				}
				if d.Notice.Kind != alert.Reminder { // one an hour, of each
					fmt.Fprintf(&b, "%v %s %s %s %s %s\n", now.Sub(begun), d.Channel, d.Notice.Kind, d.Notice.ID, d.Notice.First, d.Notice.Subject)
				}
				if _, said, ok := strings.Cut(d.Notice.Body, "\nUp: "); ok && d.Notice.Kind == alert.Recovery { // by what ended before
					available, _, _ := strings.Cut(said, "\n")
					fmt.Fprintf(&b, "\tup: %s\n", strings.TrimSpace(available))
				}
				s.Apply(alert.Fact{Kind: alert.Delivered, Time: now, Channel: d.Channel, Notice: d.Notice.ID})
			}
			if plan.Idle {
				s.Apply(alert.Fact{Kind: alert.Operator, Time: now})
			}
			if len(plan.Send) > 0 || plan.Idle {
				continue
			}
			if plan.Next.IsZero() || plan.Next.After(until) {
				return
			}
			now = plan.Next
		}
	}
	at := begun
	for text := range strings.Lines(strings.TrimSpace(afterUpgrade)) {
		m := sceneLine.FindStringSubmatch(strings.TrimSpace(text))
		at = at.Add(mustDuration(t, m[2]))
		tell(at)
		for _, i := range s.Apply(observed(t, at, m[4], m[5], m[7])) {
			fmt.Fprintf(&b, "closed %s %s %v\n", i.Key, i.ID, i.Closed.Sub(i.Opened))
		}
	}
	tell(at.Add(10 * time.Minute))
	for _, i := range s.Open() {
		fmt.Fprintf(&b, "still open %s %s\n", i.Key, i.ID)
	}
	return b.String()
}

func unpack(t *testing.T, archive, dir string) {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.Base(filepath.Dir(h.Name)), filepath.Base(h.Name))
		if h.FileInfo().IsDir() {
			continue
		}
		data, err := io.ReadAll(r)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o700)
		}
		if err == nil {
			err = os.WriteFile(to, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(upgradeFolder + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
