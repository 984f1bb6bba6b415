package follow

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// script is a log that grows and is rotated, and a Follower that reads it. Each step
// happens when the Follower has found nothing more to do, so nothing hangs on timing;
// its clock goes on by what it would have waited.
type script struct {
	t     rapid.TB
	path  string
	known []Position // files taken to their end in an earlier life
	n     int        // lines written, for texts that differ
	wrote []string   // what was written, in order
	clock time.Time
	old   string // the folder that rotation moves files into; empty: the log's own

	rotations    int
	restarts     int        // how many check tries, spread over the whole
	firstRestart int        // the first mark from which it tries
	given        []string   // what the Follower gave
	marks        []Position // after each of it, and of each rest
	after        []int      // how many lines stood behind each mark
	ends         []Position // of files, as the Follower told
	ended        []int      // how many marks stood before each end
	misses       []Gap      // what the Follower told beside
	missedAt     int        // how many marks stood before the last of them
	sink         func(*Record)
	said         bytes.Buffer
	f            *Follower // that runs, or ran last
}

func newScript(t *testing.T) *script {
	s := &script{t: t, path: filepath.Join(t.TempDir(), "haproxy.log"), clock: time.Now(), restarts: 15}
	s.sink = s.take
	return s
}

// follow runs a Follower from a position through the steps.
func (s *script) follow(at Position, from From, steps ...func()) {
	s.t.Helper()
	f, err := Config{Path: s.path, OldDir: s.old, From: from, Checkpoint: at, Finished: s.known, Log: slog.New(slog.NewTextHandler(&s.said, nil))}.Open()
	if err != nil {
		s.t.Fatal(err)
	}
	s.f = f
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	const idle = 8 // pauses behind the last step, for what takes its time
	pauses := 0
	f.now = func() time.Time { return s.clock }
	f.pause = func(ctx context.Context, most time.Duration) error {
		s.clock = s.clock.Add(most)
		switch {
		case len(steps) > 0:
			steps[0]()
			steps = steps[1:]
		case pauses > idle:
			stop()
		default:
			pauses++
		}
		return ctx.Err()
	}
	if err := f.Run(ctx, s.sink); err != nil {
		s.t.Fatal(err)
	}
	if left := len(steps); left > 0 {
		s.t.Fatalf("%d steps were not reached", left)
	}
}

func (s *script) take(t *Record) {
	if t.Gap.Cause != "" {
		s.misses, s.missedAt = append(s.misses, t.Gap), len(s.marks)
	}
	if t.Finished {
		s.ends, s.ended = append(s.ends, t.Position), append(s.ended, len(s.marks))
		return
	}
	if t.Data != nil {
		s.given = append(s.given, string(t.Data))
	}
	s.marks = append(s.marks, t.Position)
	s.after = append(s.after, len(s.given))
}

// text is a line no other is like.
func (s *script) text() string {
	s.n++
	return fmt.Sprintf("Nov 21 07:38:%02d lb1 haproxy[%d]: line %d of this log, and no other", s.n%60, s.n, s.n)
}

// write returns the step that appends n lines.
func (s *script) write(n int) func() {
	return func() {
		for range n {
			line := s.text()
			s.wrote = append(s.wrote, line)
			s.append(s.path, line+"\n")
		}
	}
}

func (s *script) append(path, text string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
	}
	s.must(errors.Join(err, f.Close()))
	s.touch(path)
}

// touch gives a file that was written a time of its own: that of a file system may
// stand still for some milliseconds.
func (s *script) touch(path string) {
	s.clock = s.clock.Add(time.Millisecond)
	s.must(os.Chtimes(path, s.clock, s.clock))
}

func (s *script) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// rotatedTo is what the log is called after n rotations.
func (s *script) rotatedTo(n int) string {
	path := s.path
	if s.old != "" {
		path = filepath.Join(s.old, filepath.Base(path))
	}
	return fmt.Sprintf("%s.%d", path, n)
}

// shift renames what was rotated before: .2 to .3, .1 to .2.
func (s *script) shift() {
	s.rotations++
	for n := s.rotations; n > 0; n-- {
		for _, end := range []string{"", ".gz"} {
			err := os.Rename(s.rotatedTo(n)+end, s.rotatedTo(n+1)+end)
			if !errors.Is(err, os.ErrNotExist) {
				s.must(err)
			}
		}
	}
}

// rename rotates as logrotate does by default.
func (s *script) rename() {
	s.shift()
	s.must(os.Rename(s.path, s.rotatedTo(1)))
}

func (s *script) create() { s.append(s.path, "") }

// copyTruncate rotates as logrotate does with copytruncate.
func (s *script) copyTruncate() {
	s.shift()
	s.copy()
	s.truncate()
}

func (s *script) copy() {
	b, err := os.ReadFile(s.path)
	s.must(errors.Join(err, os.WriteFile(s.rotatedTo(1), b, 0o600)))
	s.touch(s.rotatedTo(1))
}

func (s *script) truncate() {
	s.must(os.Truncate(s.path, 0))
	s.touch(s.path)
}

// ifThere does something while there is a live file.
func (s *script) ifThere(do func()) {
	if _, err := os.Stat(s.path); err == nil {
		do()
	}
}

func (s *script) ifRotated(n int, do func()) {
	if _, err := os.Stat(s.rotatedTo(n)); err == nil {
		do()
	}
}

// cutTo leaves n lines of the file.
func (s *script) cutTo(n int) {
	b, err := os.ReadFile(s.path)
	s.must(err)
	end := 0
	for range n {
		end += bytes.IndexByte(b[end:], '\n') + 1
	}
	s.must(os.Truncate(s.path, int64(end)))
	s.touch(s.path)
}

// compress packs a rotated file and keeps its time, as gzip does.
func (s *script) compress(n int) {
	name := s.rotatedTo(n)
	b, err := os.ReadFile(name)
	s.must(err)
	info, err := os.Stat(name)
	s.must(err)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = io.Copy(w, bytes.NewReader(b))
	s.must(errors.Join(err, w.Close(), os.WriteFile(name+".gz", packed.Bytes(), 0o600)))
	s.must(errors.Join(os.Chtimes(name+".gz", info.ModTime(), info.ModTime()), os.Remove(name)))
}

// check compares what was given with what was written, and then starts again from each
// position that was ever told: what follows it is given, no more and no less.
func (s *script) check(want ...string) {
	s.t.Helper()
	if want == nil {
		want = s.wrote
	}
	if diff := cmp.Diff(want, s.given); diff != "" {
		s.t.Fatalf("given (-want +got):\n%s\n%s", diff, s.said.String())
	}
	if strings.Contains(s.said.String(), "missing") {
		s.t.Errorf("said:\n%s", s.said.String())
	}
	marks, after := s.marks, s.after
	ends, ended := s.ends, s.ended
	for k, at := range marks {
		if k < s.firstRestart || k%(len(marks)/s.restarts+1) != 0 && at.Skip == 0 {
			continue
		}
		n, _ := slices.BinarySearch(ended, k+1)
		s.known = slices.Clone(ends[:n])
		s.restart(at, want[after[k]:])
		marks, after, behind := s.marks, s.after, after[k]
		for again, at := range marks {
			if at.Skip > 0 { // and from where that one may have been killed
				s.restart(at, want[behind+after[again]:])
			}
		}
	}
}

// restart follows from a position that was told.
func (s *script) restart(at Position, want []string) {
	s.t.Helper()
	s.given, s.marks, s.after = []string{}, nil, nil
	s.clock = s.clock.Add(time.Minute)
	s.said.Reset()
	s.follow(at, FromBegin)
	if !slices.Equal(want, s.given) {
		s.t.Fatalf("from %+v (-want +got):\n%s\n%s", at, cmp.Diff(want, s.given), s.said.String())
	}
}
