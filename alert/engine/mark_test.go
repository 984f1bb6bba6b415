package engine_test

import (
	"bytes"
	"fmt"
	"testing"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// A checkpoint keeps how far each file was taken in, by its newest line or mark; an old
// one, that knows of no files, is read as before.
func TestMarksSurviveCheckpoint(t *testing.T) {
	s := engine.New(policy(), nil)
	f := observed(t, start, "lb1", "1", "Server be/s1 is DOWN, reason: Layer4 timeout"+left)
	f.Mark = alert.Mark{Path: "/var/log/a.log", Inode: 7, Offset: 100, Head: 1<<64 - 1, HeadSize: 80}
	s.Apply(f)
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start, Mark: alert.Mark{Path: "/var/log/b.log", Offset: 5, Skip: 1}})
	f.Mark.Offset = 200
	s.Apply(f)
	var b bytes.Buffer
	if err := s.Checkpoint(&b); err != nil {
		t.Fatal(err)
	}
	restored, err := engine.Restore(policy(), nil, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := restored.Mark("/var/log/a.log"); !ok || m != f.Mark {
		t.Errorf("got %+v, want %+v", m, f.Mark)
	}
	if m, ok := restored.Mark("/var/log/b.log"); !ok || m.Offset != 5 || m.Skip != 1 {
		t.Errorf("a mark without a line is %+v", m)
	}
	if m, ok := restored.Mark("/var/log/c.log"); ok {
		t.Errorf("a file never heard of has %+v", m)
	}
	old := bytes.Replace(b.Bytes(), []byte(`"Marks"`), []byte(`"Before"`), 1)
	restored, err = engine.Restore(policy(), nil, old)
	if err != nil {
		t.Fatal(err)
	}
	restored.Apply(f)
	if m, _ := restored.Mark(f.Mark.Path); m != f.Mark {
		t.Errorf("after an old checkpoint: %+v", m)
	}
}

// Paths come and go over the years; those that grew last stay.
func TestMarksAreBounded(t *testing.T) {
	s := engine.New(policy(), nil)
	for n := range engine.MaxMarks + 2 {
		s.Apply(alert.Fact{Kind: alert.Operator, Seq: uint64(n + 1), Time: start, Mark: alert.Mark{Path: fmt.Sprint(n), Offset: 1}})
	}
	for n, want := range map[int]bool{0: false, 1: false, 2: true, engine.MaxMarks + 1: true} {
		if _, ok := s.Mark(fmt.Sprint(n)); ok != want {
			t.Errorf("mark %d: %v, want %v", n, ok, want)
		}
	}
}

// By their ends files are known again, over a checkpoint too; they are no places to go on
// from, and only so many are kept.
func TestFinishedFiles(t *testing.T) {
	const path = "/var/log/a.log"
	s := engine.New(policy(), nil)
	finish := func(end alert.Mark) {
		s.Apply(alert.Fact{Kind: alert.Operator, Time: start, Mark: end, Finished: true})
	}
	finish(alert.Mark{Path: path, Offset: 1, Head: 1, HeadSize: 80})
	if m, ok := s.Mark(path); ok {
		t.Errorf("goes on from %+v", m)
	}
	here := alert.Mark{Path: path, Offset: 5, Head: 2, HeadSize: 80}
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start, Mark: here})
	for n := range uint64(engine.MaxFinished) {
		finish(alert.Mark{Path: path, Offset: 7, Head: 10 + n, HeadSize: 80})
	}
	finish(alert.Mark{Path: path, Offset: 9, Head: 10, HeadSize: 80}) // it grew once more
	var b bytes.Buffer
	if err := s.Checkpoint(&b); err != nil {
		t.Fatal(err)
	}
	restored, err := engine.Restore(policy(), nil, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*engine.State{s, restored} {
		ends := s.Finished(path)
		if m, _ := s.Mark(path); m != here || len(ends) != engine.MaxFinished || ends[0].Head != 11 || ends[len(ends)-1].Offset != 9 {
			t.Errorf("at %+v, ends %+v", m, ends)
		}
	}
}
