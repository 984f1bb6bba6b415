package part

import (
	"context"
	"fmt"
	"os"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/report"
)

// Replay compares `replay` with what else reads a log from its beginning to its end.
type Replay struct {
	Bytes     int64 // of the log
	Pairs     int   // runs of each, in turns
	SlowPairs int   // the same of what takes long
}

// Measure replays one log plain, from a pipe and packed.
func (p Replay) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "Old logs",
		How: fmt.Sprintf(`A log of %s of real lines, as rsyslog writes them, in the page cache; one line in 10,000 is about health, in the
order HAProxy wrote them. haproxy-alert replay runs each health line through the rules and must find all of them, no more and no
less, in every run. grep -cE counts two kinds of them; halog -srv sums the traffic up by server; mtail counts what goes up and
down, on a tenth of the log. LC_ALL=C, output to a pipe.`, report.Bytes.Format(float64(p.Bytes))),
		Limit: `A plain log is limited by how fast memory can be read and by how the kernel hands out its page cache; all cores read at
once, while wc -l has one, and on two cores that others need too the advantage is small. A pipe is copied twice and has one
reader. A compressed log is limited by its decompression, which one core does for one file.`,
	}
	dir, err := b.folder("logs")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	whole, err := load.WriteLog(dir, "haproxy.log", p.Bytes)
	if err != nil {
		return s, err
	}
	tenth, err := load.WriteLog(dir, "tenth.log", p.Bytes/10)
	if err != nil {
		return s, err
	}
	for _, m := range append(p.matches(b, whole), p.mtail(b, tenth)) {
		rows, err := m.play(ctx, b)
		if err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, rows...)
	}
	return s, nil
}
