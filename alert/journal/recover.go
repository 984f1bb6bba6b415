package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"haproxy-alert/alert"
)

// Recovery is what Open found: the fold goes on from State over Facts.
type Recovery struct {
	// State is the newest good checkpoint, kept after the fact Seq; nil and 0 when
	// there is none.
	State []byte
	Seq   uint64
	// Checkpoint is the file that State came from; empty when there is none.
	Checkpoint string
	// Facts yields the facts after Seq, in order, read from disk a little ahead. A
	// good record that is no fact of this version comes as an error of type
	// Damage, and the rest follows. What Damage tells is not told again.
	Facts iter.Seq2[alert.Fact, error]
	// Count is how many records Facts yields.
	Count int
	// Damage is everything found wrong, in the order of the files. Segments that
	// the checkpoint covers as a whole are not looked at.
	Damage []Damage
}

// recover reads what is in the folder and makes the journal ready to append. All
// facts are checked here, but none is decoded or kept in memory.
func (j *Journal) recover() (Recovery, error) {
	dir := j.options.Dir
	if err := os.Remove(filepath.Join(dir, checkpointTemp)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Recovery{}, err
	}
	state, seq, damage, err := loadCheckpoint(dir)
	if err != nil {
		return Recovery{}, err
	}
	segments, err := listSegments(dir)
	if err != nil {
		return Recovery{}, err
	}
	if err := checkVersions(segments, seq); err != nil {
		return Recovery{}, err
	}
	v, err := verify(dir, segments, seq)
	if err != nil {
		return Recovery{}, err
	}
	j.next = v.last + 1
	j.stats = Stats{Seq: j.next - 1, Checkpoint: seq, Segments: len(segments)}
	for _, s := range segments {
		j.stats.Size += s.size
	}
	if err := j.resume(segments, &v); err != nil {
		return Recovery{}, err
	}
	return Recovery{
		State:      state,
		Seq:        seq,
		Checkpoint: fileOf(dir, seq),
		Facts:      ahead(factsBetween(segments, seq, j.next-1)),
		Count:      v.count,
		Damage:     append(damage, v.damage...),
	}, nil
}

// verdict is what a pass over the checksums found.
type verdict struct {
	last   uint64 // the newest good record, or what the checkpoint covers
	count  int    // of good records after the checkpoint
	damage []Damage
	torn   bool // the last segment has damage and may not grow
}

// verify checks every record that may come after seq.
func verify(dir string, segments []segment, seq uint64) (verdict, error) {
	v := verdict{damage: firstGap(segments, seq)}
	var failed error
	for i := range segments {
		scanSegment(segments, i, seq, func(r record, err error) bool {
			bad, isDamage := errors.AsType[Damage](err)
			switch {
			case isDamage:
				v.damage = append(v.damage, bad)
				v.torn = i == len(segments)-1
			case err != nil:
				failed = err
			default:
				v.last = r.seq
				if r.seq > seq {
					v.count++
				}
			}
			return failed == nil
		})
		if failed != nil {
			return verdict{}, failed
		}
	}
	v.checkEnd(dir, segments, seq)
	return v, nil
}

// checkEnd reports that the segments end before the checkpoint: only history is
// lost with that, but the last segment may not go on with a gap.
func (v *verdict) checkEnd(dir string, segments []segment, seq uint64) {
	end, file := v.last, dir
	if n := len(segments); n > 0 {
		end = max(end, segments[n-1].first-1)
		file = segments[n-1].path
	}
	v.last = max(end, seq)
	if end < seq {
		v.damage = append(v.damage, Damage{File: file, First: end + 1, Last: seq, Err: errCovered})
		v.torn = true
	}
}

// firstGap reports the facts after the checkpoint that lie before all segments,
// which happens when the checkpoint that let them go is itself gone.
func firstGap(segments []segment, seq uint64) []Damage {
	if len(segments) == 0 || segments[0].first <= seq+1 {
		return nil
	}
	s := segments[0]
	return []Damage{{File: s.path, First: seq + 1, Last: s.first - 1, Err: errGap}}
}

// errCovered is a loss that does not change what the daemon knows.
var errCovered = errors.New("the journal ends before its checkpoint")

// resume makes the last segment the active one, or begins a new one when the
// last is damaged: its name says that what follows the last good fact there is
// none. What was found is synced, because the process that wrote it may have
// died before it could, and state is about to be built on it.
func (j *Journal) resume(segments []segment, v *verdict) error {
	if len(segments) == 0 {
		return nil
	}
	tail := segments[len(segments)-1]
	f, err := os.OpenFile(tail.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(diskFile{f}.Sync(), syncDir(j.options.Dir)); err != nil {
		v.damage = append(v.damage, Damage{File: tail.path, Offset: tail.size, Err: err})
		v.torn = true
	}
	if !v.torn {
		j.active, j.tail = diskFile{f}, tail
		return nil
	}
	if err := f.Close(); err != nil {
		return err
	}
	return j.begin()
}

// factsBetween decodes the facts after seq and up to last, past any damage.
func factsBetween(segments []segment, seq, last uint64) iter.Seq2[alert.Fact, error] {
	segments = append(slices.Clone(segments), segment{first: last + 1})
	return func(yield func(alert.Fact, error) bool) {
		for i := range len(segments) - 1 {
			more := scanSegment(segments, i, seq, func(r record, err error) bool {
				if _, told := errors.AsType[Damage](err); told {
					return true
				}
				if err == nil && r.seq <= seq {
					return true
				}
				return yieldFact(segments[i].path, r, err, yield)
			})
			if !more {
				return
			}
		}
	}
}

// Damage is one fault found in a journal. It is an error, but never ends the
// reading: what is good before and after it is given out.
type Damage struct {
	// File is the segment or checkpoint it was found in.
	File string
	// Offset and Bytes bound the stretch that is no record; Bytes is 0 when facts
	// are missing but every byte that is there can be read.
	Offset, Bytes int64
	// First and Last are the sequence numbers of the facts known to be missing,
	// both 0 when none is: a torn tail does not say how many it held.
	First, Last uint64
	// tail says that the stretch reaches the end of the last segment.
	tail bool
	// Err says what is wrong.
	Err error
}

// Error tells the whole fault in one line.
func (d Damage) Error() string {
	text := fmt.Sprintf("read journal %s: offset %d, %d bytes: %v", d.File, d.Offset, d.Bytes, d.Err)
	switch d.First {
	case 0:
		return text
	case d.Last:
		return fmt.Sprintf("%s; fact %d is missing", text, d.First)
	}
	return fmt.Sprintf("%s; facts %d to %d are missing", text, d.First, d.Last)
}

// Unwrap returns Err.
func (d Damage) Unwrap() error { return d.Err }
