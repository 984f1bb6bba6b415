package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"haproxy-alert/testdata/bench/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	dir, _ := os.MkdirTemp("", "bench")
	defer os.RemoveAll(dir)
	b := &bench{binary: "bin/haproxy-alert", dir: dir, size: full(), log: os.Stderr}
	var d report.Document
	for _, n := range strings.Split(os.Getenv("BENCH"), ",") {
		f := map[string]func(context.Context) (report.Section, error){"replay": b.replay, "journal": b.journal, "memory": b.memory, "start": b.start}[n]
		s, err := f(ctx)
		if err != nil {
			s.Failed = err.Error()
		}
		d.Sections = append(d.Sections, s)
	}
	fmt.Println(report.WriteTable(os.Stdout, d.Rows()))
	for _, s := range d.Sections {
		fmt.Println(s.Failed)
	}
}
