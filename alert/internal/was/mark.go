package was

import (
	"cmp"
	"context"
	"slices"
)

// MaxMarks is how many log files' marks are kept; of more, those that grew last.
const MaxMarks = 1000

// MaxFinished is how many files of a log are remembered as taken to their end; of more,
// the latest.
const MaxFinished = 64

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

// Finish records that a file of a log has been taken to its end, so that it is known again
// under any name. It comes behind all that was observed before. The error is ctx's, or
// ErrStopped.
func (l *Loop) Finish(ctx context.Context, end Mark) error {
	l.open()
	return l.put(ctx, Fact{Kind: Operator, Mark: end, Finished: true})
}

// Mark returns how far the file has been taken in; false when it was never heard of.
func (s *State) Mark(path string) (Mark, bool) {
	m, ok := s.Marks[path]
	return m.Mark, ok && m.Path != ""
}

// Finished returns the ends of the files of a log that have been taken to their end, the
// latest last.
func (s *State) Finished(path string) []Mark { return slices.Clone(s.Marks[path].Ends) }

// heldMark is the newest mark of a log, the fact it came with, and the ends of files that
// came before it.
type heldMark struct {
	Mark
	Seq  uint64
	Ends []Mark `json:",omitempty"`
}

// mark keeps the newest mark of a log, and the ends of its files.
func (s *State) mark(f Fact) {
	if f.Mark.Path == "" {
		return
	}
	held, known := s.Marks[f.Mark.Path]
	if held.Seq = s.Seq; f.Finished {
		held.finish(f.Mark)
	} else {
		held.Mark = f.Mark
	}
	if !known && len(s.Marks) >= MaxMarks {
		oldest := slices.MinFunc(sortedKeys(s.Marks), func(a, b string) int {
			return cmp.Compare(s.Marks[a].Seq, s.Marks[b].Seq)
		})
		delete(s.Marks, oldest)
	}
	s.Marks[f.Mark.Path] = held
}

// finish takes in the end of a file; one that grew once more has one end all the same.
func (h *heldMark) finish(end Mark) {
	h.Ends = slices.DeleteFunc(slices.Clone(h.Ends), func(m Mark) bool { return m.Head == end.Head && m.HeadSize == end.HeadSize })
	h.Ends = append(h.Ends, end)
	h.Ends = h.Ends[max(0, len(h.Ends)-MaxFinished):]
}
