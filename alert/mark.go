package alert

import (
	"cmp"
	"context"
	"slices"
)

// MaxMarks is how many log files' marks are kept; of more, those that grew last.
const MaxMarks = 1000

// Mark is how far a log file has been taken in. It stands in the fact of the file's
// line, so that both become durable at once: after a crash reading goes on behind the
// last line that is in the journal. What its fields mean is syslog.Position's to say.
type Mark struct {
	Path     string `json:"path,omitempty"`
	Dev      uint64 `json:"dev,omitempty"`
	Inode    uint64 `json:"ino,omitempty"`
	Offset   int64  `json:"off,omitempty"`
	Skip     int    `json:"skip,omitempty"`
	Head     uint64 `json:"head,omitempty"`
	HeadSize int    `json:"size,omitempty"`
	Tail     uint64 `json:"tail,omitempty"`
	Modified int64  `json:"mod,omitempty"`
	Since    int64  `json:"since,omitempty"`
}

// Mark records how far a file has been taken in where no health line says so: a restart
// need not read hours of traffic again. It comes behind all that was observed before.
// The error is ctx's, or ErrStopped.
func (l *Loop) Mark(ctx context.Context, m Mark) error {
	l.open()
	return l.put(ctx, Fact{Kind: Operator, Mark: m})
}

// Mark returns how far the file has been taken in; false when it was never heard of.
func (s *State) Mark(path string) (Mark, bool) {
	m, ok := s.Marks[path]
	return m.Mark, ok
}

// heldMark is a mark and the fact it came with.
type heldMark struct {
	Mark
	Seq uint64
}

// mark keeps the newest mark of a file.
func (s *State) mark(f Fact) {
	if f.Mark.Path == "" {
		return
	}
	if _, known := s.Marks[f.Mark.Path]; !known && len(s.Marks) >= MaxMarks {
		oldest := slices.MinFunc(sortedKeys(s.Marks), func(a, b string) int {
			return cmp.Compare(s.Marks[a].Seq, s.Marks[b].Seq)
		})
		delete(s.Marks, oldest)
	}
	s.Marks[f.Mark.Path] = heldMark{f.Mark, s.Seq}
}
