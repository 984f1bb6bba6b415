package interop_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
	"haproxy-alert/testdata/mix"
)

// A rotationsPlan is how long the campaign of rotations is.
type rotationsPlan struct {
	rotations int
	bytes     int64
	pace      int64         // bytes a second
	life      time.Duration // of a daemon, at the most
}

// planOfRotations is the short one, unless ROTATIONS=full asks for that of
// `make rotations`.
func planOfRotations() rotationsPlan {
	if os.Getenv("ROTATIONS") == "full" {
		return rotationsPlan{200, 600 << 20, 5 << 20, 2 * time.Second}
	}
	return rotationsPlan{16, 36 << 20, 3 << 20, time.Second}
}

// leastKills is how often the daemon is killed though all was written before.
const leastKills = 5

// TestKill9Follow follows a log, mixed traffic at speed, through rotations by rename and
// by copytruncate, packed as logrotate packs them, while the daemon is killed with kill
// -9 again and again. In the end every health line stands in the journal once, in order.
// So it is where rotation moves the files into another folder.
func TestKill9Follow(t *testing.T) {
	for name, olddir := range map[string]string{"beside the log": "", "olddir": "old"} {
		t.Run(name, func(t *testing.T) { followThroughKills(t, olddir) })
	}
}

func followThroughKills(t *testing.T, olddir string) {
	plan := planOfRotations()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, seed))
	dir := t.TempDir()
	path, binary := filepath.Join(dir, "haproxy.log"), buildDaemon(t)
	config := followConfig(t, dir, path, olddir)
	beginToFollow(t, binary, config, dir, path)

	var truth []mix.Line
	written := make(chan error, 1)
	w := &logWriter{
		path: path, rng: rand.New(rand.NewPCG(seed, 1)), pace: plan.pace,
		every: plan.bytes / int64(plan.rotations+1), rotate: rotator(t, path, olddir), begun: time.Now(),
	}
	go func() {
		err := w.open()
		if err == nil {
			truth, err = mix.Load{Bytes: plan.bytes, Clothing: "traditional", Every: 1_000, Seed: seed}.Write(w)
			err = errors.Join(err, w.close())
		}
		written <- err
	}()

	kills, said := 0, ""
	for over := false; !over || kills < leastKills; {
		d := spawnDaemon(t, binary, config)
		select {
		case err := <-written:
			over, written = true, nil
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(time.Duration(rng.Int64N(int64(plan.life)))):
		}
		d.alive(t)
		d.Kill()
		kills++
		said += d.Out.String()
	}
	d := startDaemon(t, binary, config)
	poll(2*patience, func() bool { d.alive(t); return len(journalled(t, dir)) >= len(truth) })
	wait(time.Second) // for a line too many
	d.stop(t)
	said += d.Out.String()

	got := journalled(t, dir)
	t.Logf("%d rotations, %d bytes, %d kills: %d health lines written, %d in the journal", w.done, w.written, kills, len(truth), len(got))
	judgeFollowed(t, truth, got)
	if n := strings.Count(said, "lines may be missing"); n > 0 {
		t.Errorf("said %d times that lines may be missing", n)
	}
	if files, err := filepath.Glob(filepath.Join(dir, olddir, "haproxy.log.*")); err != nil || len(files) < plan.rotations {
		t.Errorf("%d rotated files: %v", len(files), err)
	}
	if w.done < plan.rotations {
		t.Errorf("only %d rotations", w.done)
	}
}

// beginToFollow lets a first daemon see the beginning of the log: one that was never seen
// is read from where it is by then, behind the rotations that a slow machine has missed.
func beginToFollow(t *testing.T, binary, config, dir, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("Nov 21 06:00:00 lb1 haproxy[1]: the beginning\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d := startDaemon(t, binary, config)
	eventually(t, patience, "daemon: follows", func() bool {
		d.alive(t)
		for f, err := range journal.Read(filepath.Join(dir, "journal")) {
			if err == nil && f.Mark.Path == path {
				return true
			}
		}
		return false
	})
	d.Kill()
}

func followConfig(t *testing.T, dir, path, olddir string) string {
	t.Helper()
	text := fmt.Sprintf("journal = %q\n[[file]]\npath = %q\nolddir = %q\nfrom = \"begin\"\n[console]\nenabled = true\nlevel = \"emerg\"\n",
		filepath.Join(dir, "journal"), path, olddir)
	config := filepath.Join(dir, "c.toml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// journalled returns what the health lines in the journal say.
func journalled(t *testing.T, dir string) []string {
	t.Helper()
	var texts []string
	for f, err := range journal.Read(filepath.Join(dir, "journal")) {
		if _, damaged := errors.AsType[journal.Damage](err); damaged {
			continue // a torn end: kill -9 leaves some
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.Kind == alert.Observed {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

// judgeFollowed compares what was written with what is durable.
func judgeFollowed(t *testing.T, truth []mix.Line, got []string) {
	t.Helper()
	want := make([]string, len(truth))
	for k, line := range truth {
		want[k] = line.Text
	}
	if slices.Equal(want, got) {
		return
	}
	count := map[string]int{}
	for _, text := range want {
		count[text]++
	}
	for _, text := range got {
		count[text]--
	}
	lost, repeated := 0, 0
	for _, n := range count {
		lost, repeated = lost+max(0, n), repeated+max(0, -n)
	}
	first := 0
	for first < min(len(want), len(got)) && want[first] == got[first] {
		first++
	}
	t.Errorf("%d lost, %d repeated; they differ from health line %d on", lost, repeated, first+1)
}
