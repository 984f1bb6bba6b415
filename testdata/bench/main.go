package main

import (
	"context"
	"fmt"
	"haproxy-alert/testdata/bench/report"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	dir, _ := os.MkdirTemp("", "bench")
	defer os.RemoveAll(dir)
	b := &bench{binary: "bin/haproxy-alert", dir: dir, size: full(), log: os.Stderr}
	s, err := b.latency(ctx)
	d := report.Document{Sections: []report.Section{s}}
	d.Write(os.Stdout)
	fmt.Println(err)
}
