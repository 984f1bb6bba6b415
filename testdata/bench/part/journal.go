package part

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/report"
)

// Journal compares an append of facts with the least that its promise costs.
type Journal struct {
	Bursts  []int // facts in each
	Appends int   // of each burst, in a run
	Runs    int
}

// Measure appends to the journal and to a bare file, in turns.
func (p Journal) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "The journal",
		How: `Bursts of facts are appended, and after each of them the same number of bytes is written to another file and synced
(fdatasync), which is the least that the promise "on disk before it counts" costs. Ours also encodes the facts, sums them up
(CRC32C) and hands them on. The time is that of one burst, the mean of a run; journal and bare loop alternate burst by burst.`,
	}
	for _, size := range p.Bursts {
		row := report.Row{
			What: fmt.Sprintf("journal, burst of %d", size), Unit: report.Seconds, Peer: "append + fdatasync",
			Goal: report.Goal{Kind: report.RatioAtMost, Bound: 1.2},
		}
		for range p.Runs {
			ours, bare, err := p.run(ctx, b, size)
			if err != nil {
				return s, err
			}
			row.Ours, row.Theirs = append(row.Ours, ours.Seconds()), append(row.Theirs, bare.Seconds())
		}
		b.say("%s: %.3f", row.What, row.Ratios().Median())
		s.Rows = append(s.Rows, row)
	}
	s.Limit = journalLimit(s.Rows[len(s.Rows)-1], p.Bursts[len(p.Bursts)-1])
	return s, nil
}

// journalLimit tells from the largest burst what a fact costs beside the disk.
func journalLimit(row report.Row, burst int) string {
	var more report.Series
	for i := range row.Ours {
		more = append(more, (row.Ours[i]-row.Theirs[i])/float64(burst))
	}
	return fmt.Sprintf(`The disk: a small burst is one fdatasync and little else. In a large one the encoding shows, which no disk hides:
in bursts of %d a fact took %s more than the bare bytes.`, burst, report.Seconds.Format(more.Median()))
}

// run returns the mean time of one burst, ours and bare.
func (p Journal) run(ctx context.Context, b *Bench, n int) (ours, bare time.Duration, err error) {
	facts, err := load.Facts(n)
	if err != nil {
		return 0, 0, err
	}
	dir, err := b.folder("journal")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	j, _, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "journal")})
	if err != nil {
		return 0, 0, err
	}
	back := make(chan int, len(facts))
	go func() { // ends with Close
		for stretch := range j.Committed() {
			back <- len(stretch)
		}
	}()
	defer func() { err = errors.Join(err, j.Close()) }()
	f, err := os.OpenFile(filepath.Join(dir, "bare"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	if err := j.Append(ctx, facts); err != nil { // the first one makes the segment
		return 0, 0, err
	}
	records := make([]byte, j.Stats().Bytes)
	for range p.Appends {
		for read := 0; read < n; { // then the facts are ours again
			read += <-back
		}
		mine, least, err := once(ctx, j, f, facts, records)
		if err != nil {
			return 0, 0, err
		}
		ours, bare = ours+mine, bare+least
	}
	times := time.Duration(p.Appends)
	return ours / times, bare / times, nil
}

// once appends a burst to both.
func once(ctx context.Context, j *journal.Journal, f *os.File, facts []alert.Fact, records []byte) (ours, bare time.Duration, err error) {
	began := time.Now()
	if err := j.Append(ctx, facts); err != nil {
		return 0, 0, err
	}
	between := time.Now()
	if _, err := f.Write(records); err != nil {
		return 0, 0, err
	}
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		return 0, 0, os.NewSyscallError("fdatasync", err)
	}
	return between.Sub(began), time.Since(between), nil
}
