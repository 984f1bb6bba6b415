package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	checkpointPrefix = "checkpoint-"
	checkpointTemp   = "checkpoint.tmp"
	damagedSuffix    = ".damaged"
	// keptCheckpoints is how many stay: the newest, and one in case it is damaged.
	keptCheckpoints = 2
)

// Checkpoint keeps what write writes, the state as it was after the fact seq, which must
// be committed and not older than the last checkpoint's. When it returns nil the state is on
// disk; the last two are kept. Then it removes the history that Options let go.
func (j *Journal) Checkpoint(seq uint64, write func(io.Writer) error) error {
	j.checkpoints.Lock()
	defer j.checkpoints.Unlock()
	err := j.allow(seq)
	if err == nil {
		err = writeCheckpoint(j.options.Dir, seq, write)
	}
	if err != nil {
		return fmt.Errorf("write checkpoint %d: %w", seq, err)
	}
	j.mu.Lock()
	j.stats.Checkpoint = seq
	j.mu.Unlock()
	if err := j.compact(); err != nil {
		j.options.Log.Warn("journal keeps more than it should", "err", err)
	}
	return nil
}

// allow says whether a checkpoint at seq makes sense now.
func (j *Journal) allow(seq uint64) error {
	select {
	case <-j.closing:
		return ErrClosed
	default:
	}
	stats := j.Stats()
	switch {
	case seq > stats.Seq:
		return fmt.Errorf("newest fact is %d", stats.Seq)
	case seq < stats.Checkpoint:
		return fmt.Errorf("newest checkpoint is %d", stats.Checkpoint)
	}
	return nil
}

func checkpointPath(dir string, seq uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%s%020d", checkpointPrefix, seq))
}

// writeCheckpoint puts the file beside its place, then in it: a crash leaves the
// old one or the new one.
func writeCheckpoint(dir string, seq uint64, write func(io.Writer) error) error {
	temp := filepath.Join(dir, checkpointTemp)
	err := writeSynced(temp, seq, write)
	if err == nil {
		err = os.Rename(temp, checkpointPath(dir, seq))
	}
	if err == nil {
		return syncDir(dir)
	}
	if gone := os.Remove(temp); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

func writeSynced(path string, seq uint64, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = writeSealed(f, seq, write)
	if err == nil {
		err = diskFile{f}.Sync()
	}
	return errors.Join(err, f.Close())
}

// writeSealed writes the state behind the place of its header, and then the header: the
// length and the checksum are known last. A large state is never in memory as a whole.
func writeSealed(f *os.File, seq uint64, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 64<<10)
	_, err := w.Write(make([]byte, headerSize))
	if err == nil {
		err = write(w)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size() - headerSize
	if size > math.MaxUint32 {
		return fmt.Errorf("%w: %d bytes", errLength, size)
	}
	header, err := headerOf(io.NewSectionReader(f, headerSize, size), uint32(size), checkpointMagic, seq)
	if err == nil {
		_, err = f.WriteAt(header, 0)
	}
	return err
}

// listCheckpoints returns the numbers of the checkpoints in dir, newest first.
func listCheckpoints(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var seqs []uint64
	for _, entry := range entries {
		number, ok := strings.CutPrefix(entry.Name(), checkpointPrefix)
		if !ok {
			continue
		}
		seq, err := strconv.ParseUint(number, 10, 64)
		if err == nil && filepath.Base(checkpointPath(dir, seq)) == entry.Name() {
			seqs = append(seqs, seq)
		}
	}
	slices.Sort(seqs)
	slices.Reverse(seqs)
	return seqs, nil
}

// readCheckpoint returns the state kept at seq. Its error is a Damage when the
// file could be read but is not what was written.
func readCheckpoint(dir string, seq uint64) ([]byte, error) {
	path := checkpointPath(dir, seq)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if otherVersion(b, checkpointMagic) {
		return nil, fmt.Errorf("read %s: %w: run that one, or move the file away to go on from the facts alone", path, ErrVersion)
	}
	r, size, err := readRecord(b, checkpointMagic, math.MaxUint32)
	switch {
	case err != nil:
	case r.seq != seq:
		err = fmt.Errorf("holds the state after fact %d", r.seq)
	case size != len(b):
		err = fmt.Errorf("%d bytes follow the state", len(b)-size)
	default:
		return r.payload, nil
	}
	return nil, Damage{File: path, Bytes: int64(len(b)), Err: err}
}

// loadCheckpoint returns the newest good checkpoint and its number, 0 when there
// is none. Damaged ones are set aside under another name, so that they are told
// once and never counted among those to keep.
func loadCheckpoint(dir string) (state []byte, seq uint64, damage []Damage, err error) {
	seqs, err := listCheckpoints(dir)
	if err != nil {
		return nil, 0, nil, err
	}
	for _, seq := range seqs {
		state, err := readCheckpoint(dir, seq)
		if err == nil {
			return state, seq, damage, nil
		}
		if errors.Is(err, fs.ErrPermission) {
			return nil, 0, nil, err
		}
		if errors.Is(err, ErrVersion) {
			return nil, 0, nil, err
		}
		bad, ok := errors.AsType[Damage](err)
		if !ok {
			bad = Damage{File: checkpointPath(dir, seq), Err: err}
		}
		damage = append(damage, bad)
		if err := os.Rename(bad.File, bad.File+damagedSuffix); err != nil {
			return nil, 0, nil, err
		}
	}
	return nil, 0, damage, nil
}

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

// fileOf is the checkpoint of the state after a fact; empty when there is none.
func fileOf(dir string, seq uint64) string {
	if seq == 0 {
		return ""
	}
	return checkpointPath(dir, seq)
}

// SetAside keeps a checkpoint, whose record is good but whose content nobody can read, out
// of the way under another name, as damaged ones are; it returns that name.
func SetAside(checkpoint string) (string, error) {
	aside := checkpoint + damagedSuffix
	if err := os.Rename(checkpoint, aside); err != nil {
		return "", fmt.Errorf("set checkpoint aside: %w", err)
	}
	return aside, syncDir(filepath.Dir(checkpoint))
}
