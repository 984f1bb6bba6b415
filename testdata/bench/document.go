package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"haproxy-alert/testdata/bench/report"
)

const intro = `What haproxy-alert takes beside what else could do a part of its work, measured by one run of ` + "`make bench`" + `
which also wrote this page. Do not edit it: the words are in testdata/bench.

Every figure is that of real programs on one machine, over loopback. What is compared ran in turns, ours, the peer's, ours, and
the ratio, ours to the peer's, was taken run by run: "ratio" is the median of these, and "min...max" their spread. Without a peer the
spread is that of ours, as it is where each single run counts. The figures themselves are medians too. The goals are those of the project's design: a ratio, or a bound
that the median keeps, or that each single run keeps. "NO" says that a goal is not met; what stops it stands below the table.`

const outro = `## How to repeat it

` + "```" + `
make bench                         # all of it, some 15 minutes, as root: it installs and unpacks the peers
BENCH=replay,udp make bench        # some parts: replay udp tcp steady latency journal memory start; this page stays
BENCH_BYTES=100000000 make bench   # a smaller log to replay
BENCH_STEADY=10m make bench        # a longer steady load
make microbench                    # Go's benchmarks of single functions, ready for benchstat
` + "```" + `

The machine should do nothing else meanwhile; how busy it was stands below each part. A peer that cannot be installed has a row
that says so.`

// document puts words around what was measured.
func document(sections []report.Section) report.Document {
	return report.Document{
		Title: "Performance", Intro: intro, Outro: outro, Sections: sections,
		Machine: append(machine(), "Measured in "+time.Now().Format("January 2006")+"."),
	}
}

// writeDocument replaces the file once the document is whole.
func writeDocument(path string, d report.Document) error {
	temp := path + ".new"
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	if err := errors.Join(d.Write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(temp)))
	}
	return os.Rename(temp, path)
}
