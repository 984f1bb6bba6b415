package journal

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"haproxy-alert/alert"
)

const (
	killFolder  = "JOURNAL_TEST_FOLDER" // tells the test binary to be the child
	kills       = 25
	killWriters = 3
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killFolder); dir != "" {
		if err := appendForever(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForever is the daemon that will be killed: writers that print a fact's
// text when it is durable, and a reader that makes checkpoints.
func appendForever(dir string) error {
	j, r, err := Open(Options{Dir: dir, SegmentSize: 4 << 10})
	if err != nil {
		return err
	}
	var printing sync.Mutex
	for w := range killWriters {
		go func() {
			for n := 0; ; n++ {
				text := fmt.Sprintf("%d %d %d", r.Seq+uint64(r.Count), w, n)
				f := down(0)
				f.Text = text
				if err := j.Append(context.Background(), []alert.Fact{f}); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				printing.Lock()
				fmt.Fprintln(os.Stdout, text)
				printing.Unlock()
			}
		}()
	}
	for facts := range j.Committed() {
		if seq := facts[len(facts)-1].Seq; seq%7 == 0 {
			if err := j.Checkpoint(seq, stateOf(strconv.FormatUint(seq, 10))); err != nil {
				return err
			}
		}
	}
	return nil
}

// Whenever the process is killed, what Append acknowledged is there, in each
// writer's order, and the checkpoint is whole.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var acknowledged []string
	for range kills {
		acknowledged = append(acknowledged, runAndKill(t, self, dir)...)
		j, r := mustOpen(t, Options{Dir: dir})
		if string(r.State) != strconv.FormatUint(r.Seq, 10) && r.Seq > 0 {
			t.Fatalf("checkpoint %d holds %q", r.Seq, r.State)
		}
		for _, d := range r.Damage {
			if !d.tail { // a killed write may leave a torn tail and nothing else
				t.Fatal(d)
			}
		}
		closeJournal(t, j)
	}
	facts, bad := collect(Read(dir))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	place := make(map[string]int, len(facts))
	for i, f := range facts {
		if f.Seq != uint64(i)+1 {
			t.Fatalf("fact %d at place %d", f.Seq, i)
		}
		place[f.Text] = i
	}
	if len(place) != len(facts) {
		t.Errorf("%d facts twice", len(facts)-len(place))
	}
	last := map[string]int{}
	for _, text := range acknowledged {
		i, found := place[text]
		writer := text[:strings.LastIndex(text, " ")]
		if before, ok := last[writer]; !found || ok && i <= before {
			t.Fatalf("acknowledged %q: there %v, at %d after %d", text, found, i, before)
		}
		last[writer] = i
	}
	t.Logf("%d kills, %d facts acknowledged, %d on disk", kills, len(acknowledged), len(facts))
}

// runAndKill starts the child, kills it a few milliseconds after its first
// acknowledgement and returns all of them.
func runAndKill(t *testing.T, self, dir string) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), killFolder+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		if len(lines) == 0 {
			time.AfterFunc(rand.N(15*time.Millisecond), func() { _ = child.Process.Kill() })
		}
		lines = append(lines, scanner.Text())
	}
	if err := child.Wait(); err == nil || len(lines) == 0 {
		t.Fatalf("the child ended by itself: %v, %d facts", err, len(lines))
	}
	return lines
}
