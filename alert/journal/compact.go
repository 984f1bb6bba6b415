package journal

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// compact removes what a good checkpoint covers and Options no longer keep: old
// checkpoints, closed segments, and checkpoints that were set aside.
func (j *Journal) compact() error {
	floor, err := j.dropCheckpoints()
	if err != nil {
		return err
	}
	segments, err := listSegments(j.options.Dir)
	if err != nil {
		return err
	}
	dropped, freed, err := j.dropSegments(segments, floor)
	if dropped > 0 {
		j.grow(-dropped, -freed)
		j.options.Log.Info("journal compacted", "segments", dropped, "bytes", freed)
	}
	return errors.Join(err, j.dropDamaged())
}

// dropCheckpoints removes all but the last ones and returns the oldest that
// stays: the facts after it are needed even if the newest cannot be read.
func (j *Journal) dropCheckpoints() (floor uint64, err error) {
	seqs, err := listCheckpoints(j.options.Dir)
	if err != nil {
		return 0, err
	}
	if len(seqs) < keptCheckpoints {
		return 0, nil
	}
	for _, seq := range seqs[keptCheckpoints:] {
		err = errors.Join(err, os.Remove(checkpointPath(j.options.Dir, seq)))
	}
	return seqs[keptCheckpoints-1], err
}

// dropSegments removes segments from the front as long as they hold nothing
// after floor and are too old or too much. It stops at the first that stays, so
// that the history has no holes.
func (j *Journal) dropSegments(segments []segment, floor uint64) (dropped int, freed int64, err error) {
	var total int64
	for _, s := range segments {
		total += s.size
	}
	for i, s := range segments {
		if last, open := limit(segments, i); open || last > floor {
			break
		}
		if total <= j.options.RetainBytes && !j.expired(s.path) {
			break
		}
		if err := os.Remove(s.path); err != nil {
			return dropped, freed, err
		}
		total -= s.size
		freed += s.size
		dropped++
	}
	return dropped, freed, nil
}

// expired says whether the file was last written longer ago than Retain.
func (j *Journal) expired(path string) bool {
	info, err := os.Stat(path)
	return err == nil && time.Since(info.ModTime()) > j.options.Retain
}

// dropDamaged removes checkpoints that were set aside longer ago than Retain.
func (j *Journal) dropDamaged() error {
	paths, err := filepath.Glob(filepath.Join(j.options.Dir, checkpointPrefix+"*"+damagedSuffix))
	for _, path := range paths {
		if j.expired(path) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}
