package engine

import (
	"cmp"
	"maps"
	"slices"

	"haproxy-alert/alert"
)

// MaxMarks is how many log files' marks are kept; of more, those that grew last.
const MaxMarks = 1000

// MaxFinished is how many files of a log are remembered as taken to their end; of more,
// the latest.
const MaxFinished = 64

// Offsets say how far each followed log has been taken in, by its path.
type Offsets map[string]Offset

// Offset is the newest mark of a log, the fact it came with, and the ends of files that
// came before it.
type Offset struct {
	alert.Mark
	Seq  uint64
	Ends []alert.Mark `json:",omitempty"`
}

// take keeps the newest mark of a log, and the ends of its files.
func (o Offsets) take(f alert.Fact, seq uint64) {
	if f.Mark.Path == "" {
		return
	}
	held, known := o[f.Mark.Path]
	if held.Seq = seq; f.Finished {
		held.finish(f.Mark)
	} else {
		held.Mark = f.Mark
	}
	if !known && len(o) >= MaxMarks {
		oldest := slices.MinFunc(slices.Sorted(maps.Keys(o)), func(a, b string) int {
			return cmp.Compare(o[a].Seq, o[b].Seq)
		})
		delete(o, oldest)
	}
	o[f.Mark.Path] = held
}

// finish takes in the end of a file; one that grew once more has one end all the same.
func (o *Offset) finish(end alert.Mark) {
	o.Ends = slices.DeleteFunc(slices.Clone(o.Ends), func(m alert.Mark) bool { return m.Head == end.Head && m.HeadSize == end.HeadSize })
	o.Ends = append(o.Ends, end)
	o.Ends = o.Ends[max(0, len(o.Ends)-MaxFinished):]
}

// Mark returns how far the file has been taken in; false when it was never heard of.
func (s *State) Mark(path string) (alert.Mark, bool) {
	o, ok := s.Offsets[path]
	return o.Mark, ok && o.Path != ""
}

// Finished returns the ends of the files of a log that have been taken to their end, the
// latest last.
func (s *State) Finished(path string) []alert.Mark { return slices.Clone(s.Offsets[path].Ends) }
