package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"haproxy-alert/testdata/bench/part"
	"haproxy-alert/testdata/bench/report"
)

// measure measures one part after the other, with files in a folder that it removes. A part that fails does not stop the others;
// only an interruption does.
func measure(ctx context.Context, b part.Bench, chosen []named) ([]report.Section, error) {
	dir, err := os.MkdirTemp("", "haproxy-alert-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // peers may run as users of their own
		return nil, err
	}
	b.Dir = dir
	var sections []report.Section
	for _, p := range chosen {
		busy := busyness()
		fmt.Fprintf(b.Log, "%s: %s\n", p.name, busy)
		s, err := p.Measure(ctx, &b)
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

// failures is the error of what could not be measured to its end.
func failures(sections []report.Section) error {
	var errs []error
	for _, s := range sections {
		if s.Failed != "" {
			errs = append(errs, fmt.Errorf("%s: %s", s.Title, s.Failed))
		}
	}
	return errors.Join(errs...)
}
