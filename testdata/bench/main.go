package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"haproxy-alert/testdata/bench/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures what BENCH names, all without it, prints the table and, when it was all,
// writes the document.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	binary := flags.String("daemon", "bin/haproxy-alert", "path of haproxy-alert")
	document := flags.String("doc", "docs/performance.md", "file to write when all was measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	size, err := sized(os.Getenv("BENCH_BYTES"), os.Getenv("BENCH_STEADY"))
	if err != nil {
		return err
	}
	path, err := filepath.Abs(*binary)
	if err != nil {
		return err
	}
	b := &bench{binary: path, size: size, log: stderr}
	chosen, err := b.choose(os.Getenv("BENCH"))
	if err != nil {
		return err
	}
	sections, err := b.measure(ctx, chosen)
	if err != nil {
		return err
	}
	d := b.document(sections)
	if err := report.WriteTable(stdout, d.Rows()); err != nil {
		return err
	}
	if len(chosen) == len(b.parts()) {
		if err := writeDocument(*document, d); err != nil {
			return err
		}
		fmt.Fprintln(stderr, "wrote", *document)
	}
	return failures(sections)
}

// sized is the full size, but for the log's, and for how long the load is steady.
func sized(logBytes, steady string) (size, error) {
	s := full()
	var err error
	if logBytes != "" {
		s.logBytes, err = strconv.ParseInt(logBytes, 10, 64)
		if err != nil || s.logBytes < 1<<20 {
			return s, fmt.Errorf("BENCH_BYTES is %q, want a number from %d on", logBytes, 1<<20)
		}
	}
	if steady != "" {
		s.steady, err = time.ParseDuration(steady)
		if err != nil || s.steady < time.Second {
			return s, fmt.Errorf("BENCH_STEADY is %q, want a duration such as 10m", steady)
		}
	}
	return s, nil
}

// part is one part of the benchmark.
type part struct {
	name    string
	measure func(context.Context) (report.Section, error)
}

func (b *bench) parts() []part {
	return []part{
		{"replay", b.replay},
		{"udp", b.udp},
		{"tcp", b.tcp},
		{"steady", b.steady},
		{"latency", b.latency},
		{"journal", b.journal},
		{"memory", b.memory},
		{"start", b.start},
	}
}

// choose returns the parts that a list names, all for an empty one.
func (b *bench) choose(list string) ([]part, error) {
	if list == "" {
		return b.parts(), nil
	}
	var chosen []part
	var names []string
	for _, p := range b.parts() {
		names = append(names, p.name)
		for name := range strings.SplitSeq(list, ",") {
			if name == p.name {
				chosen = append(chosen, p)
			}
		}
	}
	if len(chosen) != len(strings.Split(list, ",")) {
		return nil, fmt.Errorf("BENCH is %q, want some of %s", list, strings.Join(names, ","))
	}
	return chosen, nil
}

// measure measures one part after the other. A part that fails does not stop the others;
// only an interruption does.
func (b *bench) measure(ctx context.Context, chosen []part) ([]report.Section, error) {
	dir, err := os.MkdirTemp("", "haproxy-alert-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // peers may run as users of their own
		return nil, err
	}
	b.dir = dir
	var sections []report.Section
	for _, p := range chosen {
		busy := busyness()
		b.say("%s: %s", p.name, busy)
		s, err := p.measure(ctx)
		if ctx.Err() != nil {
			return nil, errors.New("interrupted")
		}
		if s.Busy = busy; err != nil {
			s.Failed = err.Error()
		}
		sections = append(sections, s)
	}
	return sections, nil
}

func failures(sections []report.Section) error {
	var errs []error
	for _, s := range sections {
		if s.Failed != "" {
			errs = append(errs, fmt.Errorf("%s: %s", s.Title, s.Failed))
		}
	}
	return errors.Join(errs...)
}
