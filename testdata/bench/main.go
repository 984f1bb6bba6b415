package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"haproxy-alert/testdata/bench/part"
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
	page := flags.String("doc", "docs/performance.md", "file to write when all was measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	all, err := sized(os.Getenv("BENCH_BYTES"), os.Getenv("BENCH_STEADY"))
	if err != nil {
		return err
	}
	chosen, err := choose(all, os.Getenv("BENCH"))
	if err != nil {
		return err
	}
	path, err := filepath.Abs(*binary)
	if err != nil {
		return err
	}
	sections, err := measure(ctx, part.Bench{Binary: path, Log: stderr}, chosen)
	if err != nil {
		return err
	}
	d := document(sections)
	if err := report.WriteTable(stdout, d.Rows()); err != nil {
		return err
	}
	if len(chosen) == len(all) {
		if err := writeDocument(*page, d); err != nil {
			return err
		}
		fmt.Fprintln(stderr, "wrote", *page)
	}
	return failures(sections)
}
